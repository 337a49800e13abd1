import Base
import Database
import Foundation
import TestSupport
import Testing

/// What both programs tell the service manager that started them.
@Suite(.timeLimit(.minutes(15))) struct ServiceTests {
    @Test func `plane-ingest without a spool is ready once the database was checked, and says when it stops`()
        async throws
    {
        try await TestDatabase.with { database in
            let socket = try TestNotifySocket()
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, database.name)
            let ingest = try await IngestProgram(
                database,
                ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "400000", "INGEST_DRAIN_SECONDS": "7"],
                ready: false
            )
            // It lives, and waits.
            #expect(try await eventually { socket.count(of: "WATCHDOG=1") >= 3 })
            #expect(socket.count(of: "EXTEND_TIMEOUT_USEC=600000") >= 3)
            #expect(socket.count(of: "READY=1") == 0)
            let address = "Listening on 127.0.0.1:\(ingest.port)"
            #expect(socket.lines.contains("STATUS=\(address). The database has not been checked yet."))
            try await maintenance.setAvailable(true, database.name)
            #expect(try await socket.wait(for: "READY=1"))
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 200)
            #expect(try await socket.wait(for: "STATUS=\(address)"))
            #expect(try await ingest.stop() == 0)
            #expect(try await socket.wait(for: "STOPPING=1"))
            #expect(socket.lines.contains("EXTEND_TIMEOUT_USEC=10000000"))
            #expect(socket.count(of: "READY=1") == 1)
        }
    }

    @Test func `plane-ingest with a spool is ready without a database`() async throws {
        try await TestDatabase.with { database in
            let socket = try TestNotifySocket(isAbstract: true)
            try await Connection.maintenance.setAvailable(false, database.name)
            try await IngestProgram.withSpool { spool in
                let ingest = try await IngestProgram.start(database, spool: spool, ["NOTIFY_SOCKET": socket.name])
                #expect(try await socket.wait(for: "READY=1"))
                #expect(try await ingest.stop() == 0)
                #expect(try await socket.wait(for: "STOPPING=1"))
                // Nobody asked for it.
                #expect(socket.count(of: "WATCHDOG=1") == 0)
            }
        }
    }

    @Test func `a database that does not fit is never ready`() async throws {
        try await TestDatabase.with { database in
            let socket = try TestNotifySocket()
            try await database.connection().execute(
                "delete from github_sync.schema_migrations where name = '0004_views'"
            )
            let ingest = try await IngestProgram(database, ["NOTIFY_SOCKET": socket.name], ready: false)
            #expect(try await ingest.program.wait() == 1)
            let worker = try await WorkerProgram(database, ["NOTIFY_SOCKET": socket.name], ready: false)
            #expect(try await worker.program.wait() == 1)
            #expect(socket.count(of: "READY=1") == 0)
        }
    }

    @Test func `plane-worker is ready once the fleet shows it, and says when it stops`() async throws {
        try await TestDatabase.with { database in
            let socket = try TestNotifySocket()
            let connection = database.connection()
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, database.name)
            let settings = [
                "NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "400000", "WORKER_DRAIN_SECONDS": "7",
            ]
            let worker = try await WorkerProgram(database, settings, ready: false)
            #expect(try await socket.wait(for: "STATUS=The database has not been checked yet."))
            #expect(try await eventually { socket.count(of: "WATCHDOG=1") >= 3 })
            #expect(socket.count(of: "READY=1") == 0)
            try await maintenance.setAvailable(true, database.name)
            #expect(try await socket.wait(for: "READY=1"))
            #expect(try await connection.fleetCount() == 1)
            #expect(try await socket.wait(for: "STATUS=Waiting for events"))
            #expect(try await worker.stop() == 0)
            #expect(try await socket.wait(for: "STOPPING=1"))
            #expect(socket.lines.contains("EXTEND_TIMEOUT_USEC=127000000"))
            #expect(socket.count(of: "READY=1") == 1)
        }
    }

    @Test func `a worker whose threads all hang gives no sign of life any more`() async throws {
        try await TestDatabase.with { database in
            let socket = try TestNotifySocket()
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            // Twice as many as there are threads for tasks.
            let count = ProcessInfo.processInfo.activeProcessorCount * 2
            let settings = [
                "NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "200000", "PLANE_TEST_HOOKS": "true",
                "WORKER_BATCH": "1", "WORKER_CONCURRENCY": String(count),
            ]
            let worker = try await WorkerProgram(database, settings)
            #expect(try await eventually { socket.count(of: "WATCHDOG=1") >= 3 })
            for number in 1...count {
                var issue = SampleIssue(Int64(number))
                issue.title = "test hook: hang"
                try await connection.insertIssue(issue.event("opened"))
            }
            // Silence for five times the watchdog's patience, and the process is still there.
            #expect(
                try await eventually(within: .seconds(60)) {
                    let before = socket.messages.count
                    try await Task.sleep(for: .seconds(1))
                    return socket.messages.count == before
                }
            )
            #expect(worker.program.isRunning)
            worker.program.send(SIGKILL)
            _ = try await worker.program.wait()
        }
    }
}

extension Connection {
    fileprivate func insertIssue(_ payload: [UInt8]) throws {
        let id = UUID()
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            values (\(id), \(id.text), 'issues', \(JSONText(payload)))
            """
        )
    }

    /// How many workers have shown that they live.
    fileprivate func fleetCount() throws -> Int {
        try run("select count(*) as n from github_sync.github_workers")[0].get("n")
    }
}
