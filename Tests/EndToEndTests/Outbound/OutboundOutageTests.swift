import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// A GitHub that is away now and then.
private final class Outage: Sendable {
    private struct State {
        var begins = false
        var isOn = false
        var calls = 0
    }

    private let state = Mutex(State())
    private let repository: FakeRepository

    init(_ repository: FakeRepository) { self.repository = repository }

    /// Calls that failed.
    var calls: Int { state.withLock { $0.calls } }
    var isOn: Bool { state.withLock { $0.isOn } }

    /// The next write is carried out, but its answer is lost; after it nothing works.
    func beginWithNextWrite() { state.withLock { $0.begins = true } }
    func end() { state.withLock { ($0.begins, $0.isOn) = (false, false) } }

    var handler: FakeServer.Handler {
        { [self] request in
            let failed = state.withLock { state -> Int? in
                if state.begins, request.method != "GET" { (state.begins, state.isOn) = (false, true) }
                guard state.isOn else { return nil }
                state.calls += 1
                return state.calls
            }
            guard let failed else { return repository.handler(request) }
            if failed == 1 { _ = repository.handler(request) }
            return switch failed % 3 {
            case 0: .answer(503, [:], "<html>Unicorn")
            case 1: .close
            default: .answer(502, [:], "")
            }
        }
    }
}

/// GitHub is away for long: what people do in Plane meanwhile goes there once it is back.
@Suite(.timeLimit(.minutes(6))) struct OutboundOutageTests {
    private static let all = ["--outbound", "all", "--outbound-comments", "all"]

    @Test func `of an hour without GitHub nothing is lost, doubled or counted against an object`() async throws {
        let repository = OutboundBench.filled(4)
        let outage = Outage(repository)
        try await OutboundBench.run(repository, Self.all, handler: outage.handler) { bench in
            let connection = bench.connection
            // Somebody has a page of it open with the old title.
            try await connection.change("create table public.stale as select id, name from public.issues")
            bench.onGitHub { $0.edit(4, [.title("New 4")], by: .octocat, &$1) }
            try await bench.importAll()
            outage.beginWithNextWrite()
            try await connection.makePlaneIssue("Made before")
            #expect(try await eventually(within: .seconds(60)) { outage.isOn })
            try await connection.change(
                "update public.issues set name = 'Named once' where name = 'Issue 1'",
                """
                update public.issues as i set name = s.name
                from public.stale as s where s.id = i.id and i.name = 'New 4'
                """,
                "drop table public.stale",
                """
                update public.issues as i set state_id = s.id from public.states as s
                where i.name = 'Issue 2' and s.project_id = i.project_id and s."group" = 'cancelled'
                """
            )
            try await connection.attachLabel("from Plane", to: "Issue 3")
            try await connection.makePlaneComment("Written meanwhile", on: "Issue 3")
            try await connection.makePlaneIssue("Made meanwhile")
            #expect(try await eventually { try await connection.unfinishedObjects() == 7 })
            // Twenty times three minutes, in each of which somebody tries.
            for minute in stride(from: 3, through: 60, by: 3) {
                let before = outage.calls
                try await connection.letPass(180)
                #expect(try await eventually { outage.calls > before }, "nobody tries after \(minute) minutes")
                #expect(try await connection.blamedObjects() == [])
                if minute == 30 {
                    try await connection.change("update public.issues set name = 'Named' where name = 'Named once'")
                }
            }
            #expect(try await connection.unfinishedObjects() == 7)
            #expect(repository.now.writes.count == 1)
            outage.end()
            let titles = ["Named", "Issue 2", "Issue 3", "New 4", "Made before", "Made meanwhile"]
            try await bench.expectRecovery { $0.issues.map(\.title) == titles && $0.comments.count == 1 }
            #expect(try await bench.differences() == [])
            #expect(repository.now.issues[1].stateReason == "not_planned" && repository.now.comments.count == 1)
            #expect(repository.now.writes.count == 6 && repository.now.writesWithoutEffect == 0)
            #expect(try await connection.blamedObjects() == [])
            #expect(try await connection.planeTitles() == titles)
        }
    }
}

extension Connection {
    fileprivate func unfinishedObjects() throws -> Int {
        try value(
            """
            select count(*) as value from github_sync.github_outbound where status in ('pending', 'processing')
            """
        )
    }
}
