import Base
import Database
import Foundation
import TestSupport
import Testing

/// A search for an event's id finds all that happened to its delivery, in both programs.
@Suite(.timeLimit(.minutes(15))) struct LogStoryTests {
    private static let debug = ["LOG_LEVEL": "debug"]

    /// Runs `body` on a database where the sample repository is connected.
    private static func with(_ body: @Sendable (TestDatabase, Connection) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await body(database, connection)
        }
    }

    private static func id(in response: TestHTTP.Response) throws -> String {
        guard case .text(let id) = response.json["event_id"] else { throw TestHTTP.Broken(description: response.body) }
        return id
    }

    @Test func `at debug every step has a line, and at info what goes well has none`() async throws {
        try await Self.with { database, connection in
            let ingest = try await IngestProgram(database, Self.debug)
            let worker = try await WorkerProgram(database, Self.debug)
            let id = try Self.id(in: try await ingest.deliver(SampleDelivery().issue, id: "one"))
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await ingest.program.said("delivery answered"))
            #expect(try await worker.program.said("event completed"))
            let story = [
                "debug: delivery received", "debug: delivery answered",
                "debug: event claimed", "debug: event completed",
            ]
            #expect(try LogStory(of: id, in: ingest.program, worker.program).lines == story)
            #expect(try LogStory(of: "\"delivery_id\":\"one\"", in: ingest.program, worker.program).lines == story)
            #expect(ingest.program.text.contains(#""duration_seconds":0."#))
            // The duplicate is found by the row it is one of.
            let again = try Self.id(in: try await ingest.deliver(SampleDelivery().issue, id: "one"))
            #expect(again == id)
            #expect(try await ingest.program.said("\"stored_as\":\"\(id)\""))
            #expect(try await worker.stop() == 0)

            let quiet = [try await IngestProgram(database), try await IngestProgram(database)]
            let silent = try await WorkerProgram(database)
            for (number, node) in quiet.enumerated() {
                #expect(try await node.deliver(SampleDelivery().issue, id: "quiet-\(number)").status == 202)
            }
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await silent.stop() == 0)
            for program in quiet.map(\.program) + [silent.program] { #expect(!program.text.contains("event_id")) }
        }
    }

    @Test func `the way through the spool is told too`() async throws {
        try await Self.with { database, connection in
            await connection.close()
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, database.name)
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool, Self.debug)
                let id = try Self.id(in: try await ingest.deliver(SampleDelivery().issue))
                try await maintenance.setAvailable(true, database.name)
                #expect(try await ingest.waitForDrain())
                #expect(
                    try LogStory(of: id, in: ingest.program).lines == [
                        "debug: delivery received", "debug: delivery written to the spool", "debug: delivery answered",
                        "debug: delivery moved from the spool to the database",
                    ]
                )
                #expect(try await ingest.stop() == 0)
            }
        }
    }

    @Test func `at info all that went wrong has a line`() async throws {
        try await Self.with { database, connection in
            let ingest = try await IngestProgram(database)
            try await connection.execute(
                "alter table public.issues add constraint none check (sequence_id < 0) not valid"
            )
            let failing = try Self.id(in: try await ingest.deliver(SampleDelivery().issue))
            var broken = CommandsSeed()
            broken.payload = "{}"
            var lost = CommandsSeed()
            lost.status = .processing
            try await connection.insert(broken, lost)
            try await connection.execute(
                """
                update github_sync.github_webhook_events set lease_until = now() - interval '1 minute'
                where id = \(lost.id)
                """
            )
            let worker = try await WorkerProgram(database, ["WORKER_BACKOFF": "0", "WORKER_MAX_RETRIES": "1"])
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await worker.stop() == 0)
            func story(_ id: String) throws -> [String] {
                try LogStory(of: id, in: ingest.program, worker.program).lines
            }
            #expect(
                try story(failing) == [
                    "warning: an event failed and will run again", "error: an event failed for good",
                ]
            )
            #expect(try story(broken.id.text) == ["error: an event failed for good"])
            #expect(try story(lost.id.text).first == "warning: took back an event whose lease ran out")
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test func `a delivery that could not be stored is told with its id`() async throws {
        try await Self.with { database, connection in
            await connection.close()
            let maintenance = try Connection.maintenance
            let ingest = try await IngestProgram(database, ["INGEST_STORE_SECONDS": "0.5"])
            try await maintenance.setAvailable(false, database.name)
            #expect(try await ingest.deliver(SampleDelivery().issue, id: "unlucky").status == 503)
            try await maintenance.setAvailable(true, database.name)
            #expect(try await ingest.program.said("delivery not stored"))
            #expect(try LogStory(of: "unlucky", in: ingest.program).lines == ["warning: delivery not stored"])
            #expect(try await ingest.deliver("{}", id: "odd").status == 400)
            #expect(try await ingest.program.said("delivery refused"))
            #expect(try LogStory(of: "odd", in: ingest.program).lines == ["warning: delivery refused"])
        }
    }
}
