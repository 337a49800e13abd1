import Foundation
import TestSupport
import Testing

/// The services of deploy/systemd, as an operator gets them from deploy/install.
@Suite(.timeLimit(.minutes(15))) struct InstalledUnitTests {
    @Test func `what deploy/install lays out migrates, takes a delivery in, works on it and prunes`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            let root = try await Self.install()
            defer { try? FileManager.default.removeItem(at: root) }
            try Self.fillIn(root, database)

            let migrate = try InstalledUnit("plane-migrate.service", below: root).start()
            #expect(try await migrate.wait() == 0, "\(migrate.text)")
            #expect(try await migrate.said("nothing to do"))

            let forIngest = try TestNotifySocket(isAbstract: true)
            let ingest = try InstalledUnit("plane-ingest.service", below: root).start(telling: forIngest)
            #expect(try await forIngest.wait(for: "READY=1"), "\(ingest.text)")
            // It says so before it is ready, but the lines come on a way of their own.
            #expect(try await ingest.said("\"listen\":\"127.0.0.1:"))
            let port = try #require(
                ingest.text.firstMatch(of: /"listen":"127\.0\.0\.1:([0-9]+)"/).flatMap { Int($0.output.1) }
            )
            let spool = root.appending(path: "var/lib/plane-ingest/spool").path
            #expect(FileManager.default.fileExists(atPath: spool))
            let body = Array(SampleDelivery().issue.utf8)
            let fields = IngestProgram.fields(body, secret: "of the installation")
            let answer = try await TestHTTP(port: port).send("POST", IngestProgram.path, fields, body: body)
            #expect(answer.status == 202)

            let number = Int.random(in: 2...254)
            let forWorker = try TestNotifySocket(isAbstract: true)
            let unit = try InstalledUnit("plane-worker@.service", below: root, instance: String(number))
            let worker = try unit.start(telling: forWorker)
            #expect(try await forWorker.wait(for: "READY=1"), "\(worker.text)")
            #expect(try await worker.said("\"listen\":\"127.0.0.\(number):9465\""))
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await connection.failures() == [])

            for (program, socket) in [(ingest, forIngest), (worker, forWorker)] {
                program.send(SIGTERM)
                #expect(try await program.wait(within: .seconds(30)) == 0)
                #expect(try await socket.wait(for: "STOPPING=1"))
                #expect(socket.count(of: "WATCHDOG=1") > 0)
            }
            let prune = try InstalledUnit("plane-prune.service", below: root).start()
            #expect(try await prune.wait() == 0, "\(prune.text)")
        }
    }

    @Test func `plane-admin runs root's commands with the role of the administrator`() async throws {
        try await TestDatabase.with { database in
            let root = try await Self.install()
            defer { try? FileManager.default.removeItem(at: root) }
            try Self.fillIn(root, database)
            let repository = ["--repository", "acme-labs/rocket", "--repository-id", "700100200"]
            let connect = try Self.admin(root, ["connect", "--workspace", "demo", "--project", "GH"] + repository)
            #expect(try await connect.wait() == 0, "\(connect.text)")
            #expect(connect.text.contains("connected acme-labs/rocket (700100200) to demo/GH"))
        }
    }

    @Test func `processes behind one handed-over socket follow each other, and no client is refused`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            let port = try ServerUser.freePort()
            let settings = [
                "DATABASE_URL=\(database.url(as: .ingest))", "GITHUB_WEBHOOK_SECRET=\(IngestProgram.secret)",
                "INGEST_LISTEN=192.0.2.1:80", "LOG_FORMAT=json",
            ]
            // It holds the socket and starts one process after the other, as systemd does at a restart.
            let script = #"for run in 1 2 3; do (echo "process $BASHPID"; LISTEN_PID=$BASHPID exec "$0") || exit; done"#
            let manager = try TestProgram(
                URL(filePath: "/usr/bin/systemd-socket-activate"),
                ["--listen=127.0.0.1:\(port)"] + settings.map { "--setenv=\($0)" }
                    + ["/bin/bash", "-c", script, try TestEnvironment.programs.appending(path: "plane-ingest").path]
            )
            // The first connection starts the first process.
            #expect(try await eventually { (try? TestHTTP(port: port)) != nil })
            let sending = Task {
                var answers: [Int] = []
                let body = Array(SampleDelivery().issue.utf8)
                while !Task.isCancelled {
                    let fields = IngestProgram.fields(body)
                    let http = try TestHTTP(port: port)
                    answers.append(try await http.send("POST", IngestProgram.path, fields, body: body).status)
                }
                return answers
            }
            for run in 1...3 {
                #expect(try await eventually { Self.processes(manager).count == run }, "\(manager.text)")
                let before = try await connection.storedEvents().count
                // It serves before it is told to go.
                #expect(try await eventually { try await connection.storedEvents().count > before + 20 })
                if run == 3 { sending.cancel() }
                if run == 3 { _ = try await sending.value }
                let process = try #require(Self.processes(manager).last)
                kill(process, SIGTERM)
            }
            let answers = try await sending.value
            #expect(try await manager.wait() == 0)
            #expect(Set(answers) == [202])
            #expect(try await connection.storedEvents().count == answers.count)
            #expect(manager.text.contains("\"listen\":\"127.0.0.1:\(port)\""))
        }
    }

    private static func processes(_ manager: TestProgram) -> [Int32] {
        manager.text.matches(of: /process ([0-9]+)/).compactMap { Int32($0.output.1) }
    }

    /// Runs deploy/install into a directory of its own.
    private static func install() async throws -> URL {
        let root = try TestEnvironment.state.appending(path: "root-\(UUID().uuidString)")
        let program = try TestProgram(
            URL(filePath: "deploy/install"),
            ["--root", root.path, "--binaries", try TestEnvironment.programs.path]
        )
        let status = try await program.wait(within: .seconds(60))
        try #require(status == 0, "\(program.text)")
        chmod(root.path, 0o755)
        return root
    }

    /// Runs the installed plane-admin as root, with its files and the program below the root of the installation.
    private static func admin(_ root: URL, _ arguments: [String]) throws -> TestProgram {
        let program = root.appending(path: "usr/local/bin/plane-admin")
        let text = try String(contentsOf: program, encoding: .utf8)
            .replacing("=/etc/", with: "=\(root.path)/etc/").replacing(" /usr/", with: " \(root.path)/usr/")
        try Data(text.utf8).write(to: program)
        let asRoot = geteuid() == 0 ? [] : ["unshare", "--user", "--map-root-user", "--"]
        return try TestProgram(URL(filePath: "/usr/bin/env"), asRoot + [program.path] + arguments)
    }

    /// What the operator does next: addresses, passwords, the secret, and a port that nobody has.
    private static func fillIn(_ root: URL, _ database: TestDatabase) throws {
        let configuration = root.appending(path: "etc/plane-github-sync")
        let secret = configuration.appending(path: "credentials/webhook-secret")
        try Data("of the installation\n".utf8).write(to: secret)
        let roles = [
            ("ingest", TestRole.ingest), ("worker", .worker), ("owner", .owner), ("admin", .admin), ("prune", .prune),
        ]
        for (kind, role) in roles {
            let parts = try #require(URLComponents(string: database.url(as: role)))
            let file = configuration.appending(path: "credentials/database-\(kind).conf")
            let text = try String(contentsOf: file, encoding: .utf8)
                .replacing("host=127.0.0.1\n", with: "host=\(parts.host ?? "")\n")
                .replacing("port=5432\n", with: "port=\(parts.port ?? 0)\n")
                .replacing("dbname=plane\n", with: "dbname=\(database.name)\n")
                .replacing("user=\(kind)\n", with: "user=\(role.login)\n")
                .replacing("#password=\n", with: "password=\(parts.password ?? "")\n")
            try Data(text.utf8).write(to: file)
        }
        let settings = configuration.appending(path: "ingest.env")
        let text = try String(contentsOf: settings, encoding: .utf8)
            .replacing("# INGEST_LISTEN=127.0.0.1:8080\n", with: "INGEST_LISTEN=127.0.0.1:0\n")
        try Data(text.utf8).write(to: settings)
    }
}
