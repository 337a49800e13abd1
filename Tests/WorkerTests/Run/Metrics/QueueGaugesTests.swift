import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Outbound
@testable import Queue
@testable import Run
@testable import Worker

@Suite struct QueueGaugesTests {
    @Test func `the queue is counted by status, and the next in line gives the age`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            #expect(try await connection.queueReading().oldestPending == .zero)
            try await connection.add(status: "pending", 2)
            try await connection.add(status: "completed", 3)
            try await connection.add(status: "failed", 4)
            try await connection.execute(
                """
                update github_sync.github_webhook_events
                set run_at = now() - interval '1 hour', created_at = now() - interval '2 hours'
                where id = (select id from github_sync.github_webhook_events where status = 'pending' limit 1)
                """
            )
            try await connection.add(status: "pending", 1)
            let claim = try await connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
            #expect(claim.events.count == 1)
            let age = try #require(claim.events.first).age
            #expect(age >= .seconds(7200) && age < .seconds(7300), "\(age)")

            let reading = try await connection.queueReading()
            let counts = try #require(reading.counts)
            #expect(counts.pending == 2)
            #expect(counts.processing == 1)
            #expect(counts.failed == 4)
            #expect(reading.oldestPending < .seconds(60))
            try await connection.release(claim)
            #expect(try await connection.queueReading().counts?.pending == 3)
        }
    }

    @Test func `events that wait for their turn and the workers of the last hour are counted`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let empty = try await connection.queueReading()
            #expect(empty.counts?.limited == 0)
            #expect(empty.fleet == QueueReading.Fleet(running: 0, lost: 0))
            try await connection.add(status: "pending", 3)
            try await connection.execute(
                """
                update github_sync.github_webhook_events
                set turn_at = now() + interval '1 minute', run_at = now() + interval '1 minute'
                where id in (select id from github_sync.github_webhook_events limit 2)
                """
            )
            try await connection.execute(
                """
                insert into github_sync.github_workers
                    (id, host, process_id, version, concurrency, heartbeat_at, stopped_at)
                select name, 'h', 1, '0.1.0', 1, now() - silent, case when name = 'stopped' then now() end
                from (
                    values ('a', interval '0'), ('b', interval '1 minute'), ('lost', interval '10 minutes'),
                        ('long gone', interval '2 hours'), ('stopped', interval '1 minute')
                ) as w (name, silent)
                """
            )
            let reading = try await connection.queueReading()
            #expect(reading.counts?.limited == 2)
            #expect(reading.fleet == QueueReading.Fleet(running: 2, lost: 1))
        }
    }

    @Test func `what goes to GitHub is among the figures, unless counting it takes too long`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            let followed = try await connection.connectRepository(rocket.id, rocket.fullName)
            try await connection.askForOutbound(in: followed, age: 600)
            try await connection.insert([SampleOutbound(.waiting, age: 300), SampleOutbound(.parked)], in: followed)
            let outbound = try #require(try await connection.queueReading().outbound)
            #expect(outbound.totals.waiting == 1 && outbound.totals.parked == 1)
            #expect(outbound.looks.connections == 1 && outbound.looks.ageSeconds ?? 0 >= 600)

            let blocker = database.connection()
            try await blocker.execute("begin")
            try await blocker.execute("lock table github_sync.github_outbound in access exclusive mode")
            let reading = try await connection.queueReading()
            #expect(reading.outbound == nil && reading.counts?.pending == 0)
            try await blocker.execute("commit")
        }
    }

    @Test func `the database is asked again only after the interval`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rare = QueueGauges(connection.config, interval: .seconds(3600))
            let eager = QueueGauges(connection.config, interval: .zero)
            #expect(rare.latest == nil)
            try await connection.add(status: "pending", 1)
            for gauges in [rare, eager] { await gauges.refresh() }
            try await connection.add(status: "pending", 1)
            for gauges in [rare, eager] { await gauges.refresh() }
            #expect(rare.latest?.counts?.pending == 1)
            #expect(eager.latest?.counts?.pending == 2)
        }
    }

    @Test func `a database that is not there gives no figures`() async throws {
        let nowhere = DatabaseConfig(url: Secret("postgres://nobody@127.0.0.1:1/none"), applicationName: "test")
        let gauges = QueueGauges(nowhere)
        await gauges.refresh()
        #expect(gauges.latest == nil)
    }
}

extension Connection {
    /// Adds events of a status.
    fileprivate func add(status: String, _ count: Int) throws {
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, status, payload)
            select gen_random_uuid(), gen_random_uuid()::text, 'issues', \(status)::github_sync.event_status, '{}'
            from generate_series(1, \(count)::int)
            """
        )
    }
}
