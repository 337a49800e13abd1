import Base
import Database
import Foundation
import TestSupport
import Testing

/// What the spool answers, keeps and gives back while the database is not to be reached.
@Suite(.timeLimit(.minutes(15))) struct IngestSpoolTests {
    @Test func `a delivery that is in the spool already is a duplicate under the same id`() async throws {
        try await Self.withOutage { outage in
            let ingest = try await outage.start()
            let first = try await ingest.deliver(SampleDelivery().issue, id: "one")
            #expect(first.status == 202)
            #expect(first.json["duplicate"] == nil)
            for _ in 1...2 {
                let again = try await ingest.deliver(SampleDelivery().issue, id: "one")
                #expect(again.status == 202)
                #expect(again.json["event_id"] == first.json["event_id"])
                #expect(again.json["duplicate"] == .flag(true))
            }
            #expect(try await ingest.spooled("records") == 1)
            #expect(try await ingest.spooled("segments") == 1)
            #expect(try await ingest.spooled("bytes") > SampleDelivery().issue.utf8.count)
            #expect(try await eventually { try await ingest.spooled("oldest_seconds") >= 1 })
            #expect(try await ingest.spooled("circuit_open") == 1)
            try await outage.end()
            #expect(try await ingest.waitForDrain())
            let later = try await ingest.deliver(SampleDelivery().issue, id: "one")
            #expect(later.json["event_id"] == first.json["event_id"])
            #expect(later.json["duplicate"] == .flag(true))
            #expect(try await outage.connection.storedEvents().map(\.deliveryID) == ["one"])
        }
    }

    @Test func `sixteen senders of one id while the database is away are told one id, and one of them is first`()
        async throws
    {
        try await Self.withOutage { outage in
            let ingest = try await outage.start()
            let answers = try await withThrowingTaskGroup(of: TestHTTP.Response.self) { group in
                for _ in 0..<16 { group.addTask { try await ingest.deliver(SampleDelivery().issue, id: "one") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 202 })
            #expect(Set(answers.map { $0.json["event_id"] }).count == 1)
            #expect(answers.count { $0.json["duplicate"] == nil } == 1)
            try await outage.end()
            #expect(try await ingest.waitForDrain())
            let stored = try await outage.connection.storedEvents()
            #expect(stored.map { .text($0.id.text) } == [answers[0].json["event_id"]])
        }
    }

    @Test func `a full spool is 503 with Retry-After, keeps what it promised, and recovers`() async throws {
        try await Self.withOutage { outage in
            let ingest = try await outage.start(["INGEST_SPOOL_MAX_BYTES": "1048576"])
            var large = SampleDelivery()
            large.padding = String(repeating: "x", count: 100_000)
            var answers: [String: Int] = [:]
            for number in 1...15 {
                let response = try await ingest.deliver(large.issue, id: "d\(number)")
                answers["d\(number)"] = response.status
                if response.status == 503 { #expect(response.fields["retry-after"] == "10") }
            }
            let kept = answers.filter { $0.value == 202 }.map(\.key)
            #expect(kept.count == 10)
            #expect(Set(answers.values) == [202, 503])
            #expect(try await ingest.spooled("bytes") <= 1_048_576)
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 503)
            try await outage.end()
            #expect(try await ingest.waitForDrain())
            #expect(Set(try await outage.connection.storedEvents().map(\.deliveryID)) == Set(kept))
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 200)
            #expect(try await ingest.deliver(large.issue, id: "after").status == 202)
            print("a spool of 1 MiB took \(kept.count) of 15 deliveries of 100 kB")
        }
    }

    @Test func `a file that the system will not let grow is 503, half accepts nothing, and the next file is tried`()
        async throws
    {
        try await Self.withOutage { outage in
            let ingest = try await outage.start()
            var large = SampleDelivery()
            large.padding = String(repeating: "x", count: 200_000)
            try ingest.limitFiles(to: 150_000)
            #expect(try await ingest.deliver(SampleDelivery().issue, id: "small").status == 202)
            let refused = try await ingest.deliver(large.issue, id: "large")
            #expect(refused.status == 503)
            #expect(refused.fields["retry-after"] == "10")
            #expect(try await ingest.deliver(SampleDelivery().issue, id: "small too").status == 202)
            #expect(try await ingest.spooled("records") == 2)
            #expect(try await ingest.spooled("errors_total") == 1)
            try ingest.limitFiles(to: nil)
            #expect(try await ingest.deliver(large.issue, id: "large").status == 202)
            ingest.program.send(SIGKILL)
            _ = try await ingest.program.wait()

            let again = try await outage.start()
            #expect(try await again.spooled("records") == 3)
            try await outage.end()
            #expect(try await again.waitForDrain())
            let stored = try await outage.connection.storedEvents()
            #expect(stored.map(\.deliveryID) == ["small", "small too", "large"])
            #expect(stored.last?.payload == large.issue)
        }
    }

    @Test func `SIGTERM while the database is away leaves what is in hand in the spool`() async throws {
        try await Self.withOutage { outage in
            let ingest = try await outage.start(["INGEST_SPOOL_AFTER": "2"])
            let waiting = Task { try await ingest.deliver(SampleDelivery().issue, id: "in hand") }
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") ?? 0 > 0 })
            #expect(try await ingest.stop() == 0)
            #expect(try await waiting.value.status == 202)
            let again = try await outage.start()
            #expect(try await again.program.said("deliveries of an earlier run"))
            try await outage.end()
            #expect(try await again.waitForDrain())
            #expect(try await outage.connection.storedEvents().map(\.deliveryID) == ["in hand"])
        }
    }

    @Test func `a row that PostgreSQL refuses is put aside with its error and keeps nobody waiting`() async throws {
        try await Self.withOutage { outage in
            try await outage.refusePoison()
            let ingest = try await outage.start()
            for number in 1...9 {
                var sample = SampleDelivery()
                sample.action = number == 4 ? "poison" : "opened"
                #expect(try await ingest.deliver(sample.issue, id: "d\(number)").status == 202)
            }
            try await outage.end()
            #expect(try await ingest.waitForDrain())
            let stored = try await outage.connection.storedEvents().map(\.deliveryID)
            #expect(stored == ["d1", "d2", "d3", "d5", "d6", "d7", "d8", "d9"])
            let line = try String(contentsOfFile: "\(outage.spool)/refused", encoding: .utf8)
            #expect(line.contains("\"delivery\":\"d4\""))
            #expect(line.contains("23514"))
            #expect(line.split(separator: "\n").count == 1)
            #expect(try await ingest.spooled("errors_total") == 1)
            #expect(try await ingest.spooled("drained_total") == 8)
        }
    }

    @Test func `two programs cannot share a spool, and one that cannot be used ends the start`() async throws {
        try await Self.withOutage { outage in
            let first = try await outage.start()
            let settings = [
                "DATABASE_URL": outage.database.url, "GITHUB_WEBHOOK_SECRET": "s", "INGEST_LISTEN": "127.0.0.1:0",
            ]
            for (directory, words) in [(outage.spool, "in use by another process"), ("/proc/none/x", "cannot be used")]
            {
                let second = try TestProgram(
                    "plane-ingest",
                    environment: settings.merging(["INGEST_SPOOL_DIR": directory]) { $1 }
                )
                #expect(try await second.wait() == 1)
                #expect(try await second.said("INGEST_SPOOL_DIR \(directory)"))
                #expect(try await second.said(words))
            }
            #expect(first.program.isRunning)
        }
    }

    @Test func `a segment that cannot be opened is told by its name, and the others go on without it`() async throws {
        try await Self.withOutage { outage in
            let first = try await outage.start()
            #expect(try await first.deliver(SampleDelivery().issue, id: "kept").status == 202)
            #expect(try await first.stop() == 0)
            let segment = "\(outage.spool)/000000000001.segment"
            try FileManager.default.moveItem(atPath: segment, toPath: "\(outage.spool)/elsewhere")
            // A link is not followed, even to where it was.
            try FileManager.default.createSymbolicLink(
                atPath: segment,
                withDestinationPath: "\(outage.spool)/elsewhere"
            )
            let again = try await outage.start()
            #expect(try await again.program.said("a spool segment cannot be opened"))
            #expect(again.program.text.contains("000000000001.segment"))
            #expect(try await again.deliver(SampleDelivery().issue, id: "new").status == 202)
            try await outage.end()
            #expect(try await again.waitForDrain())
            #expect(try await outage.connection.storedEvents().map(\.deliveryID) == ["new"])
            #expect(try await TestHTTP(port: again.port).send("GET", "/readyz").status == 200)
            let kind = "plane_ingest_database_errors_total{kind=\"other\"}"
            #expect(try await again.metric(kind) == 0, "it says nothing of the database")

            try FileManager.default.removeItem(atPath: segment)
            try FileManager.default.moveItem(atPath: "\(outage.spool)/elsewhere", toPath: segment)
            let isStored = try await eventually(within: .seconds(10)) {
                try await outage.connection.storedEvents().map(\.deliveryID) == ["kept", "new"]
            }
            #expect(isStored)
        }
    }

    @Test func `a spool where others may write, or that is a link, ends the start and says what it is`() async throws {
        try await Self.withOutage { outage in
            let (open, link) = ("\(outage.spool)-open", "\(outage.spool)-link")
            defer { for path in [open, link] { try? FileManager.default.removeItem(atPath: path) } }
            mkdir(open, 0o700)
            chmod(open, 0o770)
            symlink(open, link)
            let cases = [(open, "with mode 770"), (link, "a symbolic link"), (link + "/", "a symbolic link")]
            for (directory, words) in cases {
                let program = try TestProgram(
                    "plane-ingest",
                    environment: [
                        "DATABASE_URL": outage.database.url, "GITHUB_WEBHOOK_SECRET": "s",
                        "INGEST_LISTEN": "127.0.0.1:0", "INGEST_SPOOL_DIR": directory,
                    ]
                )
                #expect(try await program.wait() == 1)
                #expect(try await program.said("INGEST_SPOOL_DIR \(directory) is "))
                #expect(try await program.said(words))
                #expect(try await program.said("expected a directory of user \(geteuid())"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: open).isEmpty)
        }
    }

    /// A database that nobody can reach until `end`.
    private struct Outage: Sendable {
        let database: TestDatabase
        let connection: Connection
        let spool: String
        let maintenance: Connection

        func start(_ settings: [String: String] = [:]) async throws -> IngestProgram {
            try await IngestProgram.start(database, spool: spool, settings)
        }

        func end() async throws {
            try await maintenance.setAvailable(true, database.name)
        }

        /// Makes PostgreSQL refuse deliveries with the action `poison`.
        func refusePoison() async throws {
            try await maintenance.setAvailable(true, database.name)
            try await connection.runScript(
                "alter table github_sync.github_webhook_events add constraint test_poison check (action <> 'poison')",
                within: .seconds(10)
            )
            await connection.close()
            try await maintenance.setAvailable(false, database.name)
        }
    }

    private static func withOutage(_ body: @Sendable (Outage) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            await connection.close()
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, database.name)
            try await IngestProgram.withSpool { spool in
                try await body(
                    Outage(database: database, connection: connection, spool: spool, maintenance: maintenance)
                )
            }
        }
    }
}

extension IngestProgram {
    /// Keeps the program from writing a file beyond so many bytes; nil: no more.
    fileprivate func limitFiles(to bytes: Int?) throws {
        let limit = bytes.map { "\($0):" } ?? "unlimited:"
        let command = try Process.run(
            URL(filePath: "/usr/bin/prlimit"),
            arguments: ["--pid", "\(program.pid)", "--fsize=\(limit)"]
        )
        command.waitUntilExit()
        guard command.terminationStatus == 0 else { throw TestHTTP.Broken(description: "prlimit failed") }
    }
}
