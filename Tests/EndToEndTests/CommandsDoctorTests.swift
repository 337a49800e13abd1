import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsDoctorTests {
    private struct Found: Sendable, CustomStringConvertible {
        let check: String
        let verdict: String
        let text: String
        let advice: String?

        var description: String { "\(check) \(verdict): \(text)" }
    }

    private struct Report: Sendable {
        let status: Int32
        let found: [Found]
        let output: String

        func verdicts(_ check: String) -> [String] { found.filter { $0.check == check }.map(\.verdict) }
    }

    private static func doctor(
        _ arguments: [String] = [],
        on database: TestDatabase? = nil,
        as role: TestRole? = nil,
        environment: [String: String] = [:]
    ) async throws -> Report {
        let run = try await CommandsRun.worker(
            ["doctor", "--json"] + arguments,
            on: database,
            as: role,
            environment: environment
        )
        #expect(run.errors == "")
        let json = try run.json
        let checks = json["checks"] as? [[String: Any]] ?? []
        let found = checks.map { check in
            func text(_ key: String) -> String? { check[key] as? String }
            return Found(
                check: text("check") ?? "",
                verdict: text("verdict") ?? "",
                text: text("text") ?? "",
                advice: text("advice")
            )
        }
        for verdict in ["ok", "warning", "failed", "not_checked"] {
            #expect(json[verdict] as? Int == found.count { $0.verdict == verdict })
        }
        #expect(run.status == (found.contains { $0.verdict == "failed" } ? 1 : 0))
        // Whatever is wrong, it says what to do.
        #expect(found.allSatisfy { !["warning", "failed"].contains($0.verdict) || $0.advice?.isEmpty == false })
        return Report(status: run.status, found: found, output: run.output)
    }

    private static func heal(_ connection: Connection) async throws {
        _ = try await connection.connectRepository(1_296_269, "octocat/hello")
        try await connection.change(
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency)
            values ('w1', 'host', 1, '0.1.0', 8)
            """
        )
    }

    @Test func `where all is well nothing fails, and every check has its say`() async throws {
        try await TestDatabase.with { database in
            try await Self.heal(database.connection())
            let ingest = try await IngestProgram(database)
            let folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().text)").path
            mkdir(folder, 0o700)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let doctor = try await Self.doctor(
                on: database,
                environment: [
                    "INGEST_LISTEN": "0.0.0.0:\(ingest.port)", "GITHUB_WEBHOOK_SECRET": IngestProgram.secret,
                    "INGEST_SPOOL_DIR": folder, "INGEST_SPOOL_MAX_BYTES": "1048576",
                ]
            )
            #expect(doctor.status == 0)
            // Vacuum and connections are those of a server that other tests use too.
            // And nothing reaches GitHub from here.
            let others = doctor.found.filter { !["vacuum", "server", "disk", "github"].contains($0.check) }
            #expect(others.filter { $0.verdict != "ok" }.isEmpty, "\(others)")
            #expect(Set(doctor.found.map(\.check)).count == 19)
            #expect(doctor.found.contains { $0.text.contains("plane-ingest answers at http://127.0.0.1:") })
            #expect(!doctor.output.contains(IngestProgram.secret))
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test(arguments: [
        ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "GITHUB_WEBHOOK_SECRET": "short"],
        ["GITHUB_WEBHOOK_SECRET": "short"],
        ["DATABASE_URL": "postgres://me:hunter2@h/db?no=1", "GITHUB_WEBHOOK_SECRET": "short"],
    ])
    func `without a database the rest is still looked at`(_ environment: [String: String]) async throws {
        let doctor = try await Self.doctor(environment: environment)
        #expect(doctor.status == 1)
        #expect(doctor.found.first?.verdict == "failed")
        #expect(doctor.found.contains { $0.check == "secret" && $0.verdict == "failed" })
        for check in ["server", "role", "schema", "plane", "bots", "clock", "workers", "queue", "vacuum", "prune"] {
            let found = doctor.found.filter { $0.check == check }
            #expect(found.map(\.text) == ["the database is away"])
            #expect(found.map(\.verdict) == ["not_checked"])
        }
        #expect(!doctor.output.contains("hunter2"))
    }

    @Test(arguments: [
        ("drop schema github_sync cascade", "schema", "failed", "migrations are missing: 0001"),
        ("drop schema github_sync cascade", "queue", "not_checked", "the schema is not the one this program knows"),
        ("delete from github_sync.schema_migrations where name like '0004%'", "schema", "failed", "missing: 0004"),
        (
            "insert into github_sync.schema_migrations (name, checksum, oldest_program) values ('9999_x', '', '0.1.0')",
            "schema", "ok", "and 9999_x of a newer one"
        ),
        (
            "insert into github_sync.schema_migrations (name, checksum, oldest_program) values ('9999_x', '', '9.9.9')",
            "schema", "failed", "needs version 9.9.9"
        ),
        ("update github_sync.schema_migrations set checksum = 'x'", "schema", "failed", "differs from the one"),
        ("delete from public.django_migrations where name like '0117%'", "plane", "failed", "migration 0117"),
        ("select", "plane", "ok", "Plane is v1.3.0, v1.3.1"),
        (
            "insert into public.django_migrations (app, name, applied) values ('db', '0122_new', now())", "plane",
            "warning", "Plane is newer than v1.3.0, v1.3.1 or preview of May 2026: its last migration is 0122_new"
        ),
        (
            "update public.github_repository_syncs set deleted_at = now()", "connections", "warning",
            "no project follows"
        ),
        (
            "update public.users set is_active = false where is_bot", "bots", "failed",
            "octocat/hello in GH is not active"
        ),
        ("update public.project_members set is_active = false", "bots", "failed", "is no member of the project"),
        ("update github_sync.github_workers set stopped_at = now()", "workers", "warning", "no worker runs"),
        (
            "update github_sync.github_workers set heartbeat_at = now() - interval '1 hour'", "workers", "warning",
            "workers lost in the last day: 1"
        ),
        (
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency)
            values ('w2', 'host', 2, '0.2.0', 8)
            """, "workers", "warning", "several versions run: 0.1.0, 0.2.0"
        ),
        (
            "do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$",
            "server", "warning", "synchronous_commit is off for this database"
        ),
        (
            "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$",
            "database", "failed", "takes no writes"
        ),
    ])
    func `what is wrong is found`(_ fault: String, _ check: String, _ verdict: String, _ words: String) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await Self.heal(connection)
            try await connection.runScript(fault, within: .seconds(20))
            let found = try await Self.doctor(on: database).found.filter { $0.check == check }
            #expect(found.contains { $0.verdict == verdict && $0.text.contains(words) }, "\(found)")
        }
    }

    @Test(arguments: [
        (120.0, EventStatus.pending, "queue", "warning", "has waited for 2m"),
        (1_200, .pending, "queue", "failed", "has waited for 20m"),
        (1_200, .pending, "workers", "failed", "events wait, and no worker runs"),
        (10, .failed, "failures", "warning", "failed events: 1, most often: boom\\u001b[2J"),
        (100 * 86_400, .completed, "prune", "warning", "came 100d ago"),
    ])
    func `what the queue shows is found`(
        _ age: Double,
        _ status: EventStatus,
        _ check: String,
        _ verdict: String,
        _ words: String
    ) async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed(age: age)
            seed.status = status
            seed.error = status == .failed ? "boom\u{1B}[2J" : nil
            let connection = database.connection()
            try await connection.insert(seed)
            try await connection.change("update github_sync.github_webhook_events set run_at = created_at")
            let run = try await CommandsRun.worker(["doctor"], on: database)
            #expect(!run.output.contains("\u{1B}"))
            let label = verdict.padding(toLength: 12, withPad: " ", startingAt: 0) + check
            #expect(run.lines.contains { $0.hasPrefix(label) && $0.contains(words) }, "\(run.output)")
            #expect(run.status == (run.lines.contains { $0.hasPrefix("failed ") } ? 1 : 0))
        }
    }

    @Test(arguments: [
        (TestRole.ingest, "ok", "may run plane-ingest"), (.worker, "ok", "may run plane-worker, look at the queue"),
        (.admin, "ok", "may run plane-worker, connect and configure, prune, look at the queue"),
        (.prune, "ok", "may prune"),
        (.monitor, "ok", "may look at the queue"),
    ])
    func `each role learns what it is good for`(_ role: TestRole, _ verdict: String, _ words: String) async throws {
        try await TestDatabase.with { database in
            let report = try await Self.doctor(on: database, as: role)
            let text = report.found.first { $0.check == "role" }?.text ?? ""
            #expect(report.verdicts("role") == [verdict])
            #expect(text.hasSuffix(words), "\(text)")
            // What it may not see it says.
            let isBlind = role == .ingest || role == .prune || role == .monitor
            #expect(report.verdicts("bots") == [isBlind ? "not_checked" : "ok"])
        }
    }

    @Test func `a role that may lose what it stored is found, whoever looks`() async throws {
        try await TestDatabase.with { database in
            let superuser = try database.superuser()
            for (value, isTold) in [("off", true), ("local", false)] {
                try await superuser.runScript(
                    "alter role test_ingest in database \(database.name) set synchronous_commit = \(value)",
                    within: .seconds(10)
                )
                let found = try await Self.doctor(on: database).found.filter { $0.check == "server" }
                let words = "synchronous_commit is off for the role test_ingest"
                #expect(found.contains { $0.verdict == "warning" && $0.text.contains(words) } == isTold, "\(found)")
            }
        }
    }

    @Test func `a schema in which everybody may create is found`() async throws {
        try await TestDatabase.with { database in
            try await database.superuser().runScript("grant create on schema public to public", within: .seconds(10))
            let report = try await Self.doctor(on: database)
            #expect(report.verdicts("role") == ["ok", "warning"])
            #expect(report.found.contains { $0.advice == "revoke create on schema public from public" })
            let roles = try await HostileObjectsTests.applyRoles(to: database)
            #expect(roles.output.contains("Everybody may create in the schema public."))
        }
    }

    @Test func `a role that roles.sql has not reached is found`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                "revoke insert on github_sync.github_workers from plane_sync_worker"
            )
            let found = try await Self.doctor(on: database, as: .worker).found.first { $0.check == "role" }
            #expect(found?.verdict == "failed")
            #expect(found?.text.contains("lacks the right to insert github_sync.github_workers") == true)
        }
    }

    @Test(arguments: [
        ("8f3a91c07be2d4465a0f", 0o600, [("ok", "holds a secret that cannot be guessed")]),
        ("8f3a91c07be2d4465a0f\n8f3a91c07be2d4465a0e", 0o640, [("ok", "holds 2 secrets")]),
        ("8f3a91c07be2d4465a0f", 0o644, [("ok", "holds a secret"), ("warning", "has mode 644")]),
        ("8f3a91c07be2d4465a0", 0o600, [("failed", "can be found by trying")]),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0o600, [("failed", "can be found by trying")]),
        ("", 0o600, [("failed", "holds no secret")]),
    ])
    func `a secret is judged and not shown`(_ secret: String, _ mode: Int, _ expected: [(String, String)]) async throws
    {
        let file = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().text)")
        #expect(
            FileManager.default.createFile(
                atPath: file.path,
                contents: Data(secret.utf8),
                attributes: [.posixPermissions: mode]
            )
        )
        defer { try? FileManager.default.removeItem(at: file) }
        let doctor = try await Self.doctor(environment: ["GITHUB_WEBHOOK_SECRET_ACME_FILE": file.path])
        let found = doctor.found.filter { $0.check == "secret" }
        #expect(found.map(\.verdict) == expected.map(\.0))
        for (finding, (_, words)) in zip(found, expected) { #expect(finding.text.contains(words)) }
        #expect(secret.isEmpty || !doctor.output.contains(secret))
    }

    @Test(arguments: [
        ("8f3a91c07be2d4465a0f", ["ok", "ok"], "PLANE_WEBHOOK_SECRET holds a secret that cannot be guessed"),
        ("short", ["ok", "failed"], "PLANE_WEBHOOK_SECRET holds a secret that can be found by trying"),
        (" , ", ["ok", "failed"], "PLANE_WEBHOOK_SECRET holds no secret"),
        (
            "8f3a91c07be2d4465a0f,\(IngestProgram.secret)", ["ok", "ok", "failed"],
            "PLANE_WEBHOOK_SECRET and GITHUB_WEBHOOK_SECRET have a secret in common"
        ),
    ])
    func `Plane's secret is judged too, and may not be GitHub's`(
        _ secret: String,
        _ verdicts: [String],
        _ words: String
    ) async throws {
        let gitHub = ["GITHUB_WEBHOOK_SECRET": IngestProgram.secret]
        let doctor = try await Self.doctor(environment: gitHub.merging(["PLANE_WEBHOOK_SECRET": secret]) { $1 })
        #expect(doctor.verdicts("secret") == verdicts, "\(doctor.found)")
        #expect(doctor.found.last { $0.check == "secret" }?.text.hasPrefix(words) == true, "\(doctor.found)")
        #expect(!doctor.output.contains(IngestProgram.secret) && !doctor.output.contains("8f3a91c07be2d4465a0f"))
        // Nothing that plane-ingest reads.
        let other = try await Self.doctor(environment: gitHub.merging(["PLANE_WEBHOOK_SECRET_ACME": secret]) { $1 })
        #expect(other.verdicts("secret") == ["ok"])
    }

    @Test(arguments: [
        (["GITHUB_WEBHOOK_SECRET_FILE": "/nowhere/secret"], "failed", "expected a readable text file"),
        (["ALLOW_UNSIGNED_WEBHOOKS": "true"], "warning", "anybody may send"), ([:], "not_checked", "is not set here"),
    ])
    func `a secret that is missing is told`(
        _ environment: [String: String],
        _ verdict: String,
        _ words: String
    ) async throws {
        let found = try await Self.doctor(environment: environment).found.filter { $0.check == "secret" }
        #expect(found.map(\.verdict) == [verdict])
        #expect(found.first?.text.contains(words) == true)
    }

    @Test(arguments: [
        (["INGEST_SPOOL_DIR": "/nowhere"], "failed", "is no directory"),
        (["INGEST_SPOOL_DIR": "/tmp"], "failed", "with mode 1777: plane-ingest does not start with it"),
        (["INGEST_SPOOL_DIR": "/tmp", "INGEST_SPOOL_MAX_BYTES": "many"], "failed", "INGEST_SPOOL_MAX_BYTES is 'many'"),
        ([:], "not_checked", "INGEST_SPOOL_DIR is not set here"),
    ])
    func `a spool that cannot be used is found`(
        _ environment: [String: String],
        _ verdict: String,
        _ words: String
    ) async throws {
        let found = try await Self.doctor(environment: environment).found.first { $0.check == "disk" }
        #expect(found?.verdict == verdict)
        #expect(found?.text.contains(words) == true)
    }

    @Test func `the endpoint is asked, wherever it is said to be`() async throws {
        try await TestDatabase.with { database in
            let worker = try await WorkerProgram(database, ["WORKER_METRICS_LISTEN": "127.0.0.1:0"])
            let port = try worker.metricsPort
            let other = try await Self.doctor(["--endpoint", "http://127.0.0.1:\(port)"]).found
            #expect(
                other.contains { $0.check == "endpoint" && $0.verdict == "failed" && $0.text.contains("answers 404") }
            )
            #expect(try await worker.stop() == 0)
            let nobody = try await Self.doctor(["--endpoint", "http://localhost:\(port)/hooks/"]).found
            let refused = nobody.first { $0.check == "endpoint" }
            #expect(refused?.verdict == "failed")
            #expect(refused?.text == "http://localhost:\(port)/hooks/: there is no connection")
            let ingest = try await IngestProgram(database, ["INGEST_STORE_SECONDS": "1"])
            try await database.connection().change(
                "revoke insert on github_sync.github_webhook_events from plane_sync_ingest"
            )
            let address = "http://127.0.0.1:\(ingest.port)"
            let isTold = try await eventually {
                try await Self.doctor(["--endpoint", address]).found.contains { $0.text.contains("answers 503") }
            }
            #expect(isTold)
            #expect(try await ingest.stop() == 0)
        }
    }

    @Test(arguments: ["sync.example.com", "ftp://a", "http://", "http://me:pw@host", "http://a/?q=1", "http://a:0"])
    func `an endpoint that is no address is refused`(_ address: String) async throws {
        let run = try await CommandsRun.worker(["doctor", "--endpoint", address])
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("plane-worker: --endpoint is '\(address)', expected an address"))
    }

    @Test func `an id from the future tells of a node's clock`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var seed = CommandsSeed()
            seed.id = EventIDGenerator().next(at: Date(timeIntervalSinceNow: 3_700))
            try await connection.insert(seed)
            let found = try await Self.doctor(on: database).found.filter { $0.check == "clock" }
            #expect(found.map(\.verdict) == ["ok", "warning"])
            #expect(found.last?.text == "the clock of an ingest node is 1h ahead of the database's")
        }
    }

    @Test func `a terminal of 80 columns has no longer lines, and colours for what is wrong`() async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed(age: 5_000)
            seed.status = .failed
            seed.error = String(repeating: "long words ", count: 30)
            try await database.connection().insert(seed, CommandsSeed(age: 5_000))
            let terminal = try CommandsTerminal("doctor", on: database, environment: ["TERM": "xterm"])
            #expect(try await terminal.wait() == 1)
            #expect(try await terminal.waitFor(" not checked"))
            let lines = terminal.lines.map { $0.replacing(/\u{1B}\[[0-9]+m/, with: "") }
            #expect(lines.allSatisfy { $0.count <= 80 })
            #expect(terminal.text.contains("\u{1B}[31mfailed\u{1B}[0m"))
            #expect(terminal.text.contains("\u{1B}[33mwarning\u{1B}[0m"))
        }
    }
}
