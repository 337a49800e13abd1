import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Spool
@testable import Store

/// The drain on a real database.
@Suite(.timeLimit(.minutes(15))) struct SpoolDrainTests {
    private static func drain(
        _ spool: Spool,
        _ connection: Connection,
        _ breaker: CircuitBreaker,
        _ log: Log
    ) -> SpoolDrain {
        var registry = MetricsRegistry()
        return SpoolDrain(
            spool: spool,
            store: DeliveryStore(
                repositories: ConnectedRepositories(lifetime: .seconds(5)),
                connection: Connection(connection.config),
                health: DatabaseHealth(),
                notifier: WorkerNotifier(),
                metrics: StoreMetrics(&registry, queue: DeliveryQueue())
            ),
            breaker: breaker,
            signal: SpoolDrain.Signal(),
            log: log
        )
    }

    @Test func `a row that another session holds keeps no other delivery waiting, nor the breaker open`() async throws {
        try await TestDatabase.with { database in
            let (connection, holder) = (database.connection(), database.connection())
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await connection.execute(
                """
                insert into github_sync.github_webhook_events (id, delivery_id, event_type, status, payload)
                values (gen_random_uuid(), 'held', 'issues', 'failed', '{}')
                """
            )
            try await holder.runScript(
                "begin; select from github_sync.github_webhook_events for update",
                within: .seconds(10)
            )
            try await SpoolFixture.with { fixture in
                let spool = try fixture.open()
                _ = await spool.append([.test("held")] + Delivery.tests(1...300))
                let log = Log { [log = fixture.log] in log.append($0) }
                let breaker = CircuitBreaker(log: log)
                breaker.open()
                let drain = Self.drain(spool, connection, breaker, log)
                let draining = Task { await drain.run() }
                #expect(try await eventually { try await connection.pending() == 300 })
                #expect(try await eventually { spool.contents.records == 1 })
                #expect(spool.contents.eventID(of: "held") != nil)
                #expect(!breaker.isOpen)
                #expect(fixture.log.count("wait for rows that another session holds") >= 1)
                try await holder.runScript("commit", within: .seconds(10))
                #expect(try await eventually { spool.contents.records == 0 })
                #expect(try await connection.pending() == 301)
                draining.cancel()
                await draining.value
                #expect(try fixture.files.isEmpty)
            }
        }
    }
}

extension Connection {
    fileprivate func pending() throws -> Int {
        try run("select count(*) as n from github_sync.github_webhook_events where status = 'pending'")[0].get("n")
    }
}
