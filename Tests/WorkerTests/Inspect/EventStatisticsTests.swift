import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Inspect
@testable import Queue
@testable import Run

@Suite(.timeLimit(.minutes(10))) struct EventStatisticsTests {
    private static let ever = StatisticsFilter(since: Timestamp(microseconds: 0))

    @Test func `what a worker completes is counted with it, what failed a little later, and each once`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            for number in Int64(1)...5 { try await bench.deliver(SampleIssue(number).event("opened")) }
            // An older one of the first, and two that are about nothing.
            try await bench.deliver(SampleIssue(1).event("edited"))
            try await bench.deliver(Array("{}".utf8))
            try await bench.deliver(Array("[]".utf8), .label)
            try await bench.drain(batch: 3)
            try await connection.countEvents()
            #expect(try await connection.countEvents() == 0)
            let types = try await connection.statistics(by: .type, Self.ever)
            #expect(types.map(\.key) == ["issues", "label"])
            #expect(types.map(\.finished) == [7, 1])
            #expect(types.map(\.failed) == [1, 1])
            let stored: [Int] = try await connection.values(
                "select count(*) as value from github_sync.github_webhook_events where result ->> 'outcome' = 'applied'"
            )
            #expect(stored == [types[0].applied])
            #expect(types[0].successRate == 6.0 / 7)
            #expect(types[1].p99 == nil)
        }
    }

    @Test func `a replay counts once more, from the replay`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await connection.execute(
                "update github_sync.github_webhook_events set created_at = now() - interval '20 hours'"
            )
            try await bench.drain()
            let before = try await connection.statistics(by: .repository, Self.ever)
            #expect(before.map(\.key) == ["0"])
            #expect(try #require(before.first?.p50) > 50_000)
            _ = try await connection.replay([id], completedToo: true, by: Operator("anna", via: .dashboard))
            try await bench.drain()
            let after = try await connection.statistics(by: .repository, Self.ever)
            #expect(after.map(\.completed) == [2])
            #expect(try #require(after.first?.p50) < 3_600)
        }
    }

    @Test func `what fails again after GitHub delivered it again is counted again`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            try await bench.deliver(Array("[]".utf8), .label)
            for failures in 1...2 {
                try await bench.drain()
                try await connection.countEvents()
                #expect(try await connection.statistics(by: .type, Self.ever).map(\.failed) == [failures])
                // As plane-ingest has a failed event run again whose delivery comes once more.
                try await connection.execute(
                    """
                    update github_sync.github_webhook_events
                    set status = 'pending', retry_count = 0, crash_count = 0, run_at = now(), error_message = null,
                        processed_at = null, replayed_at = now(), updated_at = now()
                    """
                )
            }
        }
    }

    /// Latencies of one to a thousand seconds, which older programs completed.
    @Test func `percentiles are right but for a factor of 1.2, also of what an older program finished`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            try await connection.finish(1_000)
            while try await connection.countEvents(limit: 300) > 0 {}
            let days = try await connection.statistics(by: .day, Self.ever)
            #expect(days.count == 1)
            #expect(days.first?.applied == 1_000)
            for (found, exact) in [(days.first?.p50, 500.0), (days.first?.p95, 950), (days.first?.p99, 990)] {
                let found = try #require(found)
                #expect(found / exact < 1.2 && exact / found < 1.2, "\(found) for \(exact)")
            }
            // Hours that are over are added up, and say the same.
            try await connection.execute("update github_sync.github_event_stats set shard = 3")
            try await connection.addUpStatistics(limit: 10)
            try await connection.addUpStatistics()
            #expect(try await connection.statistics(by: .day, Self.ever) == days)
            let shards: [Int] = try await connection.values(
                "select distinct shard::bigint as value from github_sync.github_event_stats"
            )
            #expect(shards == [0])
            // And so are the hours of a day, eight days later.
            let before = try await connection.statistics(by: .hour, Self.ever)
            try await connection.execute("update github_sync.github_event_stats set hour = hour - interval '7 days'")
            try await connection.addUpStatistics(limit: 10)
            for _ in 1...5 { try await connection.addUpStatistics() }
            let old = try await connection.statistics(by: [.hour, .type], Self.ever)
            let finished = try #require(old[.hour]).filter { $0.finished > 0 }
            #expect(finished.map(\.applied) == [1_000])
            #expect(finished.first?.key.hasSuffix("T00:00:00Z") == true)
            #expect(finished.first?.p99 == before.first?.p99 && old[.type]?.first?.p99 == before.first?.p99)
            // They outlive the events.
            try await connection.execute("delete from github_sync.github_webhook_events")
            #expect(try await connection.statistics(by: .hour, Self.ever).map(\.applied) == [1_000])
            let none = StatisticsFilter(since: Timestamp(microseconds: 0), repositoryID: 2)
            #expect(try await connection.statistics(by: .hour, none) == [])
        }
    }

    @Test func `what was received is counted once, also late, and outlives the events`() async throws {
        try await SyncBench.with { bench in
            let connection = bench.connection
            func received(by key: EventStatistics.Key = .day) async throws -> [Int] {
                try await connection.statistics(by: key, Self.ever).map(\.received)
            }
            try await connection.receive(300, hoursAgo: 50)
            try await connection.receive(20, hoursAgo: 3)
            try await connection.receive(4, hoursAgo: 0)
            #expect(try await received(by: .type) == [324])
            // Two stretches, and the hour that is not over.
            for counted in [300, 320, 320] {
                try await connection.countReceipts()
                #expect(try await connection.storedReceipts() == counted)
                #expect(try await received(by: .repository) == [324])
                #expect(try await received(by: .hour) == [300, 20, 4])
            }
            // A node had kept two, and the next hour that is over has them counted.
            try await connection.receive(2, hoursAgo: 3)
            try await connection.receive(5, hoursAgo: 2)
            try await connection.countReceipts()
            #expect(try await received(by: .hour) == [300, 22, 5, 4])
            try await connection.execute("delete from github_sync.github_webhook_events")
            try await connection.countReceipts()
            #expect(try await received(by: .hour) == [300, 22, 5])
            #expect(try await connection.statistics(by: .type, Self.ever).map(\.finished) == [0])
        }
    }

    /// Two sessions that count in the same rows wait for each other and never in a circle.
    @Test func `many sessions that finish events of one repository at the same time lose none`() async throws {
        try await SyncBench.with(checksRules: false) { bench in
            for number in 1...400 { try await bench.deliver(Array("{\"n\":\(number)}".utf8), .label) }
            let connections = (1...8).map { _ in bench.database.connection() }
            try await withThrowingTaskGroup { group in
                for connection in connections {
                    group.addTask {
                        while true {
                            let claim = try await connection.claim(
                                limit: 7,
                                worker: "w",
                                lease: .seconds(60),
                                maxRetries: 3
                            )
                            guard !claim.events.isEmpty else { return }
                            try await connection.complete(claim)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found = try await bench.connection.statistics(by: .type, Self.ever)
            #expect(found.map(\.completed) == [400])
            #expect(found.map(\.ignored) == [400])
        }
    }
}

extension Connection {
    fileprivate func complete(_ claim: Claim) throws {
        let outcomes = claim.events.map { (event: $0.id, outcome: Outcome.completed(.ignored, result: "{}")) }
        try transaction { connection in
            try connection.runAndCommit(.running(Self.finishQueries(outcomes, token: claim.token)))
        }
    }

    /// Pending events, received in one second of an hour.
    fileprivate func receive(_ count: Int, hoursAgo: Int) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, repository_id, payload)
            select
                overlay(id.first::text placing right(gen_random_uuid()::text, 20) from 17)::uuid,
                gen_random_uuid()::text, 'issues', 1, '{}'
            from generate_series(1, \(count)) as n, (
                select github_sync.first_event_id(
                    date_trunc('hour', now()) - \(hoursAgo) * interval '1 hour' + interval '1 second'
                ) as first
            ) as id
            """
        )
    }

    fileprivate func storedReceipts() throws -> Int {
        try run("select coalesce(sum(events), 0)::bigint as events from github_sync.github_event_receipts")[0]
            .get("events")
    }

    /// Events of the last full hour of two days ago, completed after 1, 2, 3 … seconds.
    fileprivate func finish(_ count: Int) throws {
        try run(
            """
            insert into github_sync.github_webhook_events
                (id, delivery_id, event_type, status, repository_id, payload, created_at, processed_at, result)
            select
                overlay(github_sync.first_event_id(done)::text placing right(gen_random_uuid()::text, 20) from 17)::uuid,
                n::text, 'issues', 'completed', 1, '{}', done - n * interval '1 second', done, '{"outcome": "applied"}'
            from generate_series(1, \(count)) as n,
                (select date_trunc('day', now()) - interval '30 hours' as done) as past
            """
        )
    }
}
