import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// A GitHub that refuses writes which come faster than it asks for, by its own clock.
///
/// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and
/// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
private final class StrictGitHub: Sendable {
    struct State: Sendable {
        var writes: [ContinuousClock.Instant] = []
        var refused: [String] = []
        var shortest = Duration.seconds(3_600)

        var duration: Duration { (writes.first ?? .now).duration(to: writes.last ?? .now) }
    }

    /// A call that was a second after another may come a little sooner than that, if the other one was late on its way.
    private static let pause = Duration.milliseconds(800)

    private let state = Mutex(State())
    private let repository: FakeRepository

    init(_ repository: FakeRepository) { self.repository = repository }

    var now: State { state.withLock { $0 } }

    var handler: FakeServer.Handler {
        { [self] request in
            guard request.method != "GET", let reason = refusal() else { return repository.handler(request) }
            return .answer(403, [:], "{\"message\":\"You have exceeded a secondary rate limit: \(reason)\"}")
        }
    }

    /// Every write counts as one that creates something.
    private func refusal() -> String? {
        state.withLock { state in
            let time = ContinuousClock.now
            let pause = state.writes.last.map { time - $0 } ?? .seconds(3_600)
            let inMinute = state.writes.suffix(80).count { time - $0 < .seconds(60) }
            let inHour = state.writes.suffix(500).count { time - $0 < .seconds(3_600) }
            state.shortest = min(state.shortest, pause)
            state.writes.append(time)
            let reason =
                pause < Self.pause
                ? "\(pause) after another" : inMinute >= 80 ? "80 a minute" : inHour >= 500 ? "500 an hour" : nil
            if let reason { state.refused.append(reason) }
            return reason
        }
    }
}

/// GitHub's limits of writes are kept by all workers together, and are used.
@Suite(.timeLimit(.minutes(20))) struct OutboundPaceFaultTests {
    @Test func `many new issues go to GitHub as fast as its limits allow, and none is refused`() async throws {
        let count = TestEnvironment.includesFaults ? 500 : 6
        let repository = OutboundBench.filled(0)
        let gitHub = StrictGitHub(repository)
        try await OutboundBench.run(repository, ["--outbound", "all"], handler: gitHub.handler) { bench in
            let others = [
                try await WorkerProgram(bench.database, bench.settings),
                try await WorkerProgram(bench.database, bench.settings),
            ]
            for number in 1...count { try await bench.connection.makePlaneIssue("Made in Plane \(number)") }
            #expect(try await eventually { try await bench.connection.objectCount() == count })
            // Nobody waits for a pause in the changes.
            try await bench.connection.letPass(10)
            _ = try await eventually(within: .seconds(2 * count + 60)) { repository.now.issues.count == count }
            try await bench.expectRest()
            let (shown, calls) = (repository.now, gitHub.now)
            let needed = Duration.seconds(count - 1)
            print("\(count) creates took \(calls.duration), at least \(needed); shortest pause \(calls.shortest)")
            #expect(calls.refused == [] && calls.writes.count == count)
            #expect(Set(shown.issues.map(\.title)).count == count)
            #expect(calls.duration < needed * 1.25 + .seconds(5))
            #expect(try await bench.connection.blamedObjects() == [])
            #expect(try await bench.differences() == [])
            for worker in others { #expect(try await worker.stop() == 0) }
        }
    }
}

extension Connection {
    fileprivate func objectCount() throws -> Int {
        try value("select count(*) as value from github_sync.github_outbound")
    }
}
