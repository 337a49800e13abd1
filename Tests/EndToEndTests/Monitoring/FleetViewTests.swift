import Base
import Database
import Foundation
import TestSupport
import Testing

/// The views of the programs and of what they hold, each on rows that are known.
@Suite struct FleetViewTests {
    @Test func `the fleet shows what each worker holds, since when, and what is overdue`() async throws {
        try await MonitoringViews.with { views in
            try await views.connection.change(
                """
                insert into github_sync.github_workers
                    (id, host, process_id, version, concurrency, heartbeat_at, stopped_at)
                values ('w1', 'h', 1, '0.1.0', 4, now() - interval '10 seconds', null),
                    ('w2', 'h', 2, '0.1.0', 4, now() - interval '300 seconds', null),
                    ('w3', 'h', 3, '0.1.0', 4, now() - interval '300 seconds', now())
                """
            )
            try await views.add(.processing, set: "claimed_at = now() - interval '70 seconds'")
            try await views.add(.processing, set: "lease_until = now() - interval '1 second'")
            let rows = try await views.rows(
                """
                id, state, processing, floor(extract(epoch from now() - holds_since) / 10), overdue,
                floor(heartbeat_seconds / 10)
                """,
                from: "github_fleet"
            )
            #expect(rows == ["w1 running 2 7 1 1", "w2 lost 0 0 30", "w3 stopped 0 0 30"])
        }
    }

    @Test func `leases are told with those overdue and those that were lost lately`() async throws {
        try await MonitoringViews.with { views in
            let columns = """
                held, overdue, floor(extract(epoch from now() - held_since) / 10), floor(overdue_seconds / 10), rescued,
                given_up
                """
            #expect(try await views.rows(columns, from: "github_leases") == ["0 0 0 0 0"])
            try await views.add(.processing, set: "claimed_at = now() - interval '70 seconds'")
            try await views.add(.processing, set: "crash_count = 1, lease_until = now() - interval '20 seconds'")
            try await views.add(set: "crash_count = 2")
            try await views.add(set: "retry_count = 2")
            try await views.add(.completed, age: 100, set: "crash_count = 0")
            try await views.add(.completed, age: 100, set: "crash_count = 1")
            try await views.add(.completed, age: 10_000, set: "crash_count = 1")
            try await views.add(.failed, age: 100, error: "the lease of worker w ran out", set: "crash_count = 3")
            try await views.add(.failed, age: 100, error: "another reason", set: "crash_count = 1")
            #expect(try await views.rows(columns, from: "github_leases") == ["2 1 7 2 5 1"])
        }
    }

    @Test func `ingest nodes show their sign of life and their spool`() async throws {
        try await MonitoringViews.with { views in
            try await views.connection.change(
                """
                insert into github_sync.github_ingest_nodes (
                    id, host, process_id, version, listen, heartbeat_at, stopped_at,
                    spool_records, spool_bytes, spool_oldest_at, spool_in_use
                )
                values
                    ('n1', 'h', 1, '0.1.0', '127.0.0.1:8080', now() - interval '10 seconds', null,
                        7, 900, now() - interval '90 seconds', true),
                    ('n2', 'h', 2, '0.1.0', '127.0.0.1:8080', now() - interval '300 seconds', null, 0, 0, null, false),
                    ('n3', 'h', 3, '0.1.0', '127.0.0.1:8080', now(), now(), null, null, null, null)
                """
            )
            let rows = try await views.rows(
                """
                id, state, listen, version, spool_in_use, spool_records, spool_bytes,
                floor(extract(epoch from now() - spool_oldest_at) / 10), floor(heartbeat_seconds / 10)
                """,
                from: "github_ingest_fleet"
            )
            #expect(
                rows == [
                    "n1 running 127.0.0.1:8080 0.1.0 t 7 900 9 1", "n2 lost 127.0.0.1:8080 0.1.0 f 0 0 30",
                    "n3 stopped 127.0.0.1:8080 0.1.0 0",
                ]
            )
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a node shows itself while it runs, and that it was stopped`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool)
                let facts = "\(Version.current) 127.0.0.1:\(ingest.port) \(ingest.program.pid) f 0"
                #expect(try await eventually { try await connection.nodeStates() == ["running \(facts)"] })
                #expect(try await ingest.stop() == 0)
                #expect(try await connection.nodeStates() == ["stopped \(facts)"])
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a node that may not show itself says so once and takes deliveries as ever`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await connection.change("revoke all on github_sync.github_ingest_nodes from plane_sync_ingest")
            let ingest = try await IngestProgram(database)
            #expect(try await ingest.program.said("the fleet cannot show this node"))
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
            #expect(try await ingest.stop() == 0)
        }
    }
}

extension Connection {
    fileprivate func nodeStates() throws -> [String] {
        try values(
            """
            select concat_ws(' ', state, version, listen, process_id, spool_in_use, spool_records) as value
            from github_sync.github_ingest_fleet
            """
        )
    }
}
