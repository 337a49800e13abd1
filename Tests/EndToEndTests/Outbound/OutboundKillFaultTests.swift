import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// A worker that is killed with SIGKILL at any step of sending loses no edit and makes nothing twice.
@Suite(.timeLimit(.minutes(60))) struct OutboundKillFaultTests {
    private static let times = TestEnvironment.includesFaults ? 30 : 1

    /// Where a worker is when it dies.
    enum Step: CaseIterable {
        /// It compares both sides; nothing is on record yet.
        case beforeTheIntent
        /// What it is about to do is on record, and GitHub has not done it.
        case beforeTheCall
        /// GitHub has done it, and the answer does not come.
        case beforeTheAnswer
        /// It looks at what GitHub shows then, which is not on record yet.
        case beforeTheRecord
    }

    /// Holds the call of a step until the worker is dead.
    private final class Trap: Sendable {
        private let state = Mutex<(step: Step?, hasWritten: Bool, isSprung: Bool)>((nil, false, false))

        func set(_ step: Step) { state.withLock { $0 = (step, false, false) } }
        func open() { state.withLock { $0.step = nil } }
        var isSprung: Bool { state.withLock { $0.isSprung } }

        /// Nil where the call goes on as usual; otherwise whether it is carried out before it is held.
        func holds(_ request: FakeServer.Request) -> Bool? {
            state.withLock { state in
                guard let step = state.step, request.path.contains("/issues") else { return nil }
                let isWrite = request.method != "GET"
                defer { if isWrite { state.hasWritten = true } }
                let isMet =
                    switch step {
                    case .beforeTheIntent: !isWrite
                    case .beforeTheCall, .beforeTheAnswer: isWrite
                    case .beforeTheRecord: !isWrite && state.hasWritten
                    }
                guard isMet else { return nil }
                state.isSprung = true
                return step == .beforeTheAnswer
            }
        }

        func handler(_ repository: FakeRepository) -> FakeServer.Handler {
            { [self] request in
                switch holds(request) {
                case nil: repository.handler(request)
                case false?: .hang()
                case true?:
                    {
                        _ = repository.handler(request); return .hang()
                    }()
                }
            }
        }
    }

    @Test(arguments: Step.allCases) func `an edit is sent, and once`(step: Step) async throws {
        try await Self.run(step) { bench, name in
            try await bench.connection.change("update public.issues set name = \(name) where sequence_id = 1")
        } isDone: { state, name in
            state.issues.count == 1 && state.issues[0].title == name
        }
    }

    @Test(arguments: [Step.beforeTheCall, .beforeTheAnswer]) func `an issue is made, and once`(step: Step) async throws
    {
        try await Self.run(step) { bench, name in
            try await bench.connection.makePlaneIssue(name)
        } isDone: { state, name in
            state.issues.count { $0.title == name } == 1
        }
    }

    private static func run(
        _ step: Step,
        change: @Sendable (OutboundBench, String) async throws -> Void,
        isDone: @escaping @Sendable (FakeRepository.State, String) -> Bool
    ) async throws {
        let (repository, trap) = (OutboundBench.filled(1), Trap())
        let handler = trap.handler(repository)
        try await OutboundBench.run(repository, ["--outbound", "all"], handler: handler) { bench in
            #expect(try await bench.worker.stop() == 0)
            for time in 1...times {
                let name = "\(step) \(time)"
                trap.set(step)
                let victim = try await WorkerProgram(bench.database, bench.settings)
                try await change(bench, name)
                let isSprung = try await eventually(within: .seconds(60)) { trap.isSprung }
                #expect(isSprung, "\(victim.program.text.suffix(2_000))")
                victim.program.send(SIGKILL)
                _ = try await victim.program.wait()
                trap.open()
                let heir = try await WorkerProgram(bench.database, bench.settings)
                let isEqual = try await eventually(within: .seconds(120)) {
                    // Nobody waits for what GitHub's lists may not show yet.
                    try await bench.connection.change(
                        """
                        update github_sync.github_outbound
                        set creation = jsonb_set(creation, '{sentAt}', to_jsonb((creation ->> 'sentAt')::float8 - 60))
                        where creation is not null and status = 'pending' and error_message like 'nobody knows yet%'
                        """
                    )
                    try await bench.connection.hurry()
                    return try await bench.connection.isAtRest() && isDone(repository.now, name)
                }
                #expect(isEqual, "\(repository.now.issues.map(\.title)) \(heir.program.text.suffix(2_000))")
                #expect(try await heir.stop() == 0)
                // Nobody edits one object so often that it would be taken for a circle.
                try await bench.connection.letPass(3_600)
            }
            #expect(Set(LoopText.markers(in: repository.now)).count == LoopText.markers(in: repository.now).count)
            let names = try await bench.connection.planeTitles()
            #expect(names.count == repository.now.issues.count && Set(names).count == names.count)
        }
    }
}
