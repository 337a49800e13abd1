import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Delivery ids that got a 202.
private final class Answered: Sendable {
    let ids = Mutex<Set<String>>([])
}

/// Stopping, starting, and a database that comes and goes.
@Suite struct IngestShutdownTests {
    @Test(.timeLimit(.minutes(15))) func `SIGTERM under load loses nothing that was answered 202`() async throws {
        try await IngestProgram.with { ingest, database in
            let answered = Answered()
            let sending = Task {
                await withTaskGroup { group in
                    for sender in 0..<8 { group.addTask { await send(sender, to: ingest, answered) } }
                }
            }
            #expect(try await eventually { answered.ids.withLock { $0.count } >= 200 })
            #expect(try await ingest.stop() == 0)
            await sending.value
            let stored = Set(try await database.storedEvents().map(\.deliveryID))
            let promised = answered.ids.withLock { $0 }
            #expect(promised.count >= 200)
            #expect(promised.subtracting(stored).isEmpty)
            #expect(try await ingest.program.said("\"stopped\""))
        }
    }

    /// Sends deliveries one after the other until the program no longer answers.
    private func send(_ sender: Int, to ingest: IngestProgram, _ answered: Answered) async {
        let body = Array(SampleDelivery().issue.utf8)
        guard let http = try? TestHTTP(port: ingest.port) else { return }
        for number in 0... {
            let id = "\(sender)-\(number)"
            let fields = IngestProgram.fields(body, id: id)
            guard let response = try? await http.send("POST", IngestProgram.path, fields, body: body) else { return }
            if response.status == 202 { answered.ids.withLock { _ = $0.insert(id) } }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a database that goes away costs a 503 after the wait`() async throws {
        try await IngestProgram.with(["INGEST_STORE_SECONDS": "1"]) { ingest, _ in
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, ingest.database.name)
            let start = ContinuousClock.now
            let refused = try await ingest.deliver(SampleDelivery().issue)
            #expect(ContinuousClock.now - start > .milliseconds(900))
            #expect(refused.status == 503)
            #expect(refused.json["error"] == .text("unavailable"))
            #expect(refused.fields["retry-after"] == "10")
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 503)
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/healthz").status == 200)

            try await maintenance.setAvailable(true, ingest.database.name)
            #expect(try await eventually { try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 200 })
            #expect(try await eventually { try await ingest.deliver(SampleDelivery().issue).status == 202 })
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a delivery that finds no database is stored when it is back in time`() async throws {
        try await IngestProgram.with(["INGEST_STORE_SECONDS": "20"]) { ingest, _ in
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, ingest.database.name)
            let late = Task { try await ingest.deliver(SampleDelivery().issue, id: "late") }
            let metric = "plane_ingest_database_errors_total{kind=\"unavailable\"}"
            #expect(try await eventually { try await ingest.metric(metric) ?? 0 >= 2 })
            try await maintenance.setAvailable(true, ingest.database.name)
            #expect(try await late.value.status == 202)
            let connection = ingest.database.connection()
            #expect(try await connection.storedEvents().map(\.deliveryID) == ["late"])
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: [1, 2])
    func `what the database has not taken when patience ends is answered 503 before the process ends`(
        _ signals: Int
    ) async throws {
        let settings = ["INGEST_STORE_SECONDS": "25", "INGEST_DRAIN_SECONDS": signals == 1 ? "1" : "60"]
        try await IngestProgram.with(settings) { ingest, database in
            let blocker = ingest.database.connection()
            try await blocker.runScript(
                "begin; lock table github_sync.github_webhook_events in access exclusive mode",
                within: .seconds(10)
            )
            let body = SampleDelivery().issue
            let waiting = (1...8).map { _ in Task { try await ingest.deliver(body) } }
            let isInHand = try await eventually {
                try await ingest.metric("plane_ingest_bytes_in_flight") == Double(8 * body.utf8.count)
            }
            #expect(isInHand)
            for number in 1...signals {
                ingest.program.send(SIGTERM)
                if number < signals { try await Task.sleep(for: .seconds(1)) }
            }
            for delivery in waiting {
                let response = try await delivery.value
                #expect(response.status == 503)
                #expect(response.fields["retry-after"] != nil)
            }
            #expect(try await ingest.program.wait(within: .seconds(10)) == (signals == 1 ? 0 : 130))
            await blocker.close()
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test(arguments: [("off", "on"), ("local", "local"), ("remote_write", "remote_write")])
    func `a 202 waits for the server's disk whatever the role's commits wait for`(
        _ setting: (role: String, used: String)
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await connection.runScript(
                """
                alter database \(database.name) set synchronous_commit = \(setting.role);
                create function public.test_commit() returns trigger language plpgsql as $$
                begin
                    if current_setting('synchronous_commit') <> '\(setting.used)' then
                        raise exception 'it is %', current_setting('synchronous_commit') using errcode = '22000';
                    end if;
                    return new;
                end $$;
                create trigger test_commit before insert on github_sync.github_webhook_events
                    for each row execute function public.test_commit()
                """,
                within: .seconds(10)
            )
            let ingest = try await IngestProgram(database)
            let response = try await ingest.deliver(SampleDelivery().issue)
            #expect(response.status == 202)
            let isTold = ingest.program.text.contains("synchronous_commit is off for this role")
            #expect(isTold == (setting.role == "off"))
        }
    }

    @Test func `a database that is away at the start is waited for`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            let maintenance = try Connection.maintenance
            try await maintenance.setAvailable(false, database.name)
            let ingest = try await IngestProgram(database, ["INGEST_STORE_SECONDS": "0.5"], ready: false)
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/readyz").status == 503)
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 503)
            try await maintenance.setAvailable(true, database.name)
            #expect(try await eventually { try await ingest.deliver(SampleDelivery().issue).status == 202 })
        }
    }

    @Test func `a database that is behind ends the program with one line that says what to do`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute("delete from github_sync.schema_migrations where name = '0004_views'")
            let ingest = try await IngestProgram(database, ready: false)
            #expect(try await ingest.program.wait() == 1)
            #expect(try await ingest.program.said("run plane-worker migrate"))
        }
    }

    @Test func `an address in use ends the program`() async throws {
        try await IngestProgram.with { ingest, _ in
            let taken = try TestProgram(
                "plane-ingest",
                environment: [
                    "DATABASE_URL": "postgres://nowhere/x", "GITHUB_WEBHOOK_SECRET": "s",
                    "INGEST_LISTEN": "192.0.2.1:80",
                ]
            )
            #expect(try await taken.wait() == 1)
            #expect(try await taken.said("cannot listen on 192.0.2.1:80"))
        }
    }

    @Test func `an address is shared only where that was asked for, and doctor finds two with different secrets`()
        async throws
    {
        try await TestDatabase.with { database in
            let ingest = try await IngestProgram(database)
            let address = "127.0.0.1:\(ingest.port)"
            var settings = [
                "DATABASE_URL": database.url(as: .ingest), "INGEST_LISTEN": address,
                "GITHUB_WEBHOOK_SECRET": "another secret of theirs",
            ]
            let second = try TestProgram("plane-ingest", environment: settings)
            #expect(try await second.wait() == 1)
            let process = ingest.program.pid
            #expect(try await second.said("the address is in use by plane-ingest, pid \(process)"))
            #expect(try await second.said("INGEST_SHARE_ADDRESS"))
            let sound = try await CommandsRun.worker(["doctor", "--json"], on: database)
            #expect(!sound.output.contains("different webhook secrets"))

            settings["INGEST_SHARE_ADDRESS"] = "true"
            let rival = try await IngestProgram(database, settings)
            #expect(rival.port == ingest.port)
            let isFound = try await eventually {
                let doctor = try await CommandsRun.worker(["doctor"], on: database)
                return doctor.output.contains("listen at \(address) with different webhook secrets")
            }
            #expect(isFound)
        }
    }

    @Test func `deliveries wake workers, but not more often than every 50 ms`() async throws {
        try await IngestProgram.with { ingest, _ in
            let metric = "plane_ingest_notifications_total"
            let response = try await ingest.deliver(SampleDelivery().issue)
            #expect(response.status == 202)
            #expect(try await eventually { try await ingest.metric(metric) == 1 })
            let start = ContinuousClock.now
            for _ in 1...60 { #expect(try await ingest.deliver(SampleDelivery().issue).status == 202) }
            let sent = try #require(await ingest.metric(metric))
            let most = (ContinuousClock.now - start) / .milliseconds(50) + 2
            #expect(sent > 1)
            #expect(sent <= most)
        }
    }

    @Test func `what a sender who hung up had sent is stored all the same`() async throws {
        try await IngestProgram.with { ingest, database in
            let body = Array(SampleDelivery().issue.utf8)
            let fields = IngestProgram.fields(body, id: "gone").map { "\($0.0): \($0.1)\r\n" }.joined()
            let head =
                "POST \(IngestProgram.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\(fields)\r\n"
            do {
                let http = try TestHTTP(port: ingest.port)
                try await http.write(Array(head.utf8) + body)
            }
            #expect(try await eventually { try await database.storedEvents().map(\.deliveryID) == ["gone"] })
            #expect(ingest.program.isRunning)
        }
    }

    @Test(arguments: [
        ("INGEST_WRITERS", "many", "a number from 1 to 64"), ("INGEST_LISTEN", "localhost", "a numeric address"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "no bits set"),
        ("INGEST_MAX_BYTES_IN_FLIGHT", "1000", "a number from 26214400"),
        ("LOG_LEVEL", "loud", "one of: debug"), ("DATABASE_URL", "", "a PostgreSQL URL"),
    ]) func `a setting that cannot be used is named with what was expected`(
        _ setting: (name: String, value: String, expected: String)
    ) async throws {
        let base = ["DATABASE_URL": "postgres://nowhere/x", "GITHUB_WEBHOOK_SECRET": "s"]
        let program = try TestProgram(
            "plane-ingest",
            environment: base.merging([setting.name: setting.value]) { $1 }
        )
        #expect(try await program.wait() == 2)
        #expect(try await program.said(setting.name))
        #expect(try await program.said(setting.expected))
    }

    @Test(arguments: ["help", "--help", "-h"]) func `help lists what can be set`(_ word: String) async throws {
        let help = try TestProgram("plane-ingest", [word], environment: [:])
        #expect(try await help.wait() == 0)
        for name in ["INGEST_LISTEN", "GITHUB_WEBHOOK_SECRET_FILE", "INGEST_STORE_SECONDS", "TRUSTED_PROXIES"] {
            #expect(try await help.said(name))
        }
    }

    @Test(arguments: ["version", "--version"]) func `the version is told`(_ word: String) async throws {
        let version = try TestProgram("plane-ingest", [word], environment: [:])
        #expect(try await version.wait() == 0)
        #expect(try await version.said("plane-ingest \(Version.current)\n"))
    }

    @Test func `a mistyped variable is named with the one that was meant`() async throws {
        let program = try TestProgram("plane-ingest", environment: ["INGEST_LISTN": "127.0.0.1:0"])
        #expect(try await program.wait() == 2)
        #expect(try await program.said("INGEST_LISTN is set and not known, did you mean INGEST_LISTEN?"))
    }

    @Test func `a word it does not know is refused`() async throws {
        let wrong = try TestProgram("plane-ingest", ["--verbose"], environment: [:])
        #expect(try await wrong.wait() == 2)
    }
}
