import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Inspect
@testable import Queue
@testable import Run

/// What is kept of the attempts at an event, and of what people had done to it.
@Suite(.timeLimit(.minutes(10))) struct EventHistoryTests {
    private static let person = Operator("anna@ops1", via: .command)

    /// Claims the only event and ends the attempt like that.
    private static func attempt(_ outcome: Outcome, _ bench: SyncBench, worker: String = "w1") async throws {
        try await bench.connection.execute(
            "update github_sync.github_webhook_events set run_at = now() where run_at > now()"
        )
        let claim = try await bench.connection.claim(limit: 1, worker: worker, lease: .seconds(60), maxRetries: 30)
        let event = try #require(claim.events.first)
        #expect(try await bench.connection.finish(event.id, outcome, token: claim.token))
    }

    @Test func `each attempt that did not complete an event is kept with its worker and its error`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await Self.attempt(.retry(after: .zero, reason: "first"), bench)
            try await Self.attempt(.delayed(by: .zero, reason: "locked"), bench, worker: "w2")
            try await Self.attempt(.delayed(by: .zero, reason: "still locked"), bench, worker: "w3")
            // Its worker is lost.
            _ = try await bench.connection.claim(limit: 1, worker: "w4", lease: .zero, maxRetries: 3)
            _ = try await bench.connection.rescue(crashLimit: 3, as: RescuedEvent.self)
            try await Self.attempt(.failed(reason: "last"), bench, worker: "w5")
            #expect(
                try await bench.connection.attempts(of: id) == [
                    "w1 retry first", "w3 delayed still locked", "w4 lost the lease of worker w4 ran out",
                    "w5 failed last",
                ]
            )
            #expect(try await bench.connection.text("finished_by", of: id) == "w5")
        }
    }

    @Test func `of more than ten attempts the last ten are kept, and a long error is cut`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            for number in 1...12 { try await Self.attempt(.retry(after: .zero, reason: "e\(number)"), bench) }
            let long = String(repeating: "x", count: 1_000)
            try await Self.attempt(.retry(after: .zero, reason: long), bench)
            let kept = try await bench.connection.attempts(of: id)
            #expect(kept.dropLast() == (4...12).map { "w1 retry e\($0)" }[...])
            #expect(kept.last == "w1 retry " + long.prefix(300))
        }
    }

    @Test func `what completed an event needs no entry, only its worker`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.drain()
            #expect(try await bench.connection.attempts(of: id) == [])
            #expect(try await bench.connection.text("finished_by", of: id) == "test")
        }
    }

    @Test func `a replay says who had it done, what for and when, and waiting counts from then`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            let other = try await bench.deliver(SampleIssue(2).event("opened"))
            try await bench.drain()
            try await connection.execute(
                "update github_sync.github_webhook_events set created_at = now() - interval '5 days'"
            )
            #expect(try await connection.replay([id, other], completedToo: true, by: Self.person) == 2)
            // Nothing is finished, so nothing was done.
            #expect(try await connection.replay([id], completedToo: true, by: Self.person) == 0)
            let actions = try await connection.operatorActions(on: id, limit: 10)
            #expect(actions.map(\.words) == ["replay by anna@ops1 (command), 2 at once"])
            #expect(try await connection.operatorActions(on: UUID(), limit: 10) == [])
            let claim = try await connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
            #expect(claim.events.allSatisfy { $0.age < .seconds(3_600) })
            #expect(try await connection.text("finished_by", of: id) == nil)
        }
    }

    @Test func `a replay by filter says what was asked for, and touches no more than that`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            for number in Int64(1)...2 { try await bench.deliver(SampleIssue(number).event("opened")) }
            try await Self.attempt(.failed(reason: "deadlock detected"), bench)
            try await Self.attempt(.failed(reason: "other"), bench)
            var filter = EventFilter(error: "Deadlock")
            #expect(try await connection.replay(filter, after: nil, limit: 10, by: Self.person).count == 1)
            filter.issue = .number(1)
            #expect(try await connection.replay(filter, after: nil, limit: 10, by: Self.person) == [])
            let actions = try await connection.operatorActions(limit: 10)
            #expect(actions.map(\.words) == ["replay by anna@ops1 (command): error with “Deadlock”"])
        }
    }

    @Test func `a name is one printable line of at most 200 characters`() {
        #expect(Operator("a\u{1B}[2J\nb", via: .dashboard).name.allSatisfy { $0.isASCII && !$0.isNewline })
        #expect(Operator(String(repeating: "x", count: 500), via: .dashboard).name.count == 200)
        let name = Operator.ofShell(["SUDO_USER": "anna"]).name
        #expect(geteuid() == 0 ? name.hasPrefix("anna@") : !name.hasPrefix("anna@"))
    }
}

extension Connection {
    fileprivate func attempts(of id: UUID) throws -> [String] {
        try run(
            """
            select concat_ws(' ', a ->> 'worker', a ->> 'outcome', a ->> 'error') as words
            from github_sync.github_webhook_events, jsonb_array_elements(attempts) with ordinality as l (a, place)
            where id = \(id) and (a ->> 'ended_at')::timestamptz >= (a ->> 'started_at')::timestamptz
            order by place
            """
        ).map { try $0.get("words") }
    }

    fileprivate func text(_ column: String, of id: UUID) throws -> String? {
        try run("select \(identifier: column)::text as value from github_sync.github_webhook_events where id = \(id)")[
            0
        ]
        .getIfPresent("value")
    }
}
