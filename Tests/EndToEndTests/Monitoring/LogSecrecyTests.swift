import Database
import Foundation
import TestSupport
import Testing

/// What must never be in a log, looked for in all that both programs say of a run with every kind of trouble.
@Suite(.timeLimit(.minutes(15))) struct LogSecrecyTests {
    @Test func `no secret, no signature and nothing of a body is ever logged`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            let settings = ["LOG_LEVEL": "debug", "WORKER_BACKOFF": "0", "WORKER_MAX_RETRIES": "1"]
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool, settings)
                let worker = try await WorkerProgram(database, settings)
                var sample = SampleDelivery()
                sample.title = "Marmalade on the zebra"
                sample.body = "Nobody must read quokkas. https://quokka.example/?token=ghp_quokka"
                let words = ["armalade", "zebra", "uokka"]

                // What goes well, what is refused, and what is ignored.
                #expect(try await ingest.deliver(sample.issue).status == 202)
                #expect(try await ingest.deliver(sample.issue, secret: "wrong quokka").status == 401)
                #expect(try await ingest.deliver(sample.issue + "marmalade").status == 400)
                #expect(try await ingest.deliver("{\"marmalade\":\"zebra\"}").status == 400)
                #expect(try await ingest.deliver("{\"ref\":\"quokka\"}", event: "push").status == 200)
                // What PostgreSQL refuses of ours and of Plane's.
                #expect(try await eventually { try await connection.isDrained() })
                try await connection.execute(
                    "alter table public.issues add constraint none check (name not like 'Marm%') not valid"
                )
                try await connection.execute(
                    """
                    alter table github_sync.github_webhook_events
                    add constraint test_poison check (action <> 'poison') not valid
                    """
                )
                var failing = sample
                (failing.issueID, failing.number) = (2_900_000_043, 43)
                #expect(try await ingest.deliver(failing.issue).status == 202)
                failing.action = "poison"
                #expect(try await ingest.deliver(failing.issue).status == 400)
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await connection.failures().count == 1)
                // A database that goes away, and the spool.
                await connection.close()
                let maintenance = try Connection.maintenance
                try await maintenance.setAvailable(false, database.name)
                #expect(try await ingest.deliver(sample.issue).status == 202)
                try await maintenance.setAvailable(true, database.name)
                #expect(try await ingest.waitForDrain())
                #expect(try await eventually { try await connection.isDrained() })
                #expect(try await worker.stop() == 0)
                #expect(try await ingest.stop() == 0)

                let log = ingest.program.text + worker.program.text
                for message in [
                    "signature refused", "delivery refused", "delivery not stored", "event completed",
                    "an event failed for good", "written to the spool", "deliveries go to the spool",
                ] {
                    #expect(log.contains(message), "\(message)")
                }
                let signed = signature(of: Array(sample.issue.utf8), secret: IngestProgram.secret).dropFirst(7)
                let password = try #require(URLComponents(string: database.url)?.password)
                for word in words + [IngestProgram.secret, password, String(signed)] {
                    #expect(!log.contains(word), "\(log.split(separator: "\n").filter { $0.contains(word) })")
                }
            }
        }
    }
}
