import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Ingest

@Suite struct NodeHeartbeatTests {
    @Test func `each heartbeat of a node takes the place of the one before, with times of the server`() async throws {
        try await TestDatabase.with { database in
            let process = ProcessIdentity(id: "h-1-2", host: "h", processID: 1)
            let listen = "127.0.0.1:8080"
            let tally = NodeTally()
            let ingest = database.connection(as: .ingest)
            let monitor = database.connection(as: .monitor)
            func shown() async throws -> [String] {
                try await monitor.run(
                    """
                    select concat_ws(
                        ' ', id, state, spool_in_use, spool_records, spool_bytes,
                        round(extract(epoch from now() - spool_oldest_at) / 10)
                    ) as text
                    from github_sync.github_ingest_fleet
                    """,
                    as: Text.self
                ).map(\.text)
            }
            let full = SpoolReport(records: 3, bytes: 900, oldestAge: 60, isInUse: true)
            try await ingest.report(process, listen: listen, secretPrints: "a1b2", spool: full, tally: tally)
            #expect(try await shown() == ["h-1-2 running t 3 900 6"])
            try await ingest.report(
                process,
                listen: listen,
                secretPrints: "a1b2",
                spool: SpoolReport(records: 0, bytes: 0, oldestAge: nil, isInUse: false),
                tally: tally
            )
            #expect(try await shown() == ["h-1-2 running f 0 0"])
            try await ingest.report(process, listen: listen, secretPrints: "a1b2", spool: nil, tally: tally)
            #expect(try await shown() == ["h-1-2 running"])
            try await ingest.signOff(process)
            #expect(try await shown() == ["h-1-2 stopped"])
        }
    }

    private struct Text: RowDecodable, Sendable {
        let text: String
        init(row: Row) throws { text = try row.get("text") }
    }
}
