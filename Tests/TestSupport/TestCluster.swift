import Foundation
import Shared
import Synchronization

/// A PostgreSQL server of a test's own, which it may stop, kill and start again.
///
/// It listens on loopback only, asks for a random password, and is gone with its files when `with` returns.
package final class TestCluster: Sendable {
    package enum StopMode: String, Sendable {
        /// Breaks connections off and ends in order.
        case fast
        /// As a crash: the next start recovers from the log.
        case immediate
    }

    package let port: Int
    private let tools: ServerTools
    private let directory: URL
    private let password: String

    private var data: String { directory.appending(path: "data").path }
    private var serverLog: String { directory.appending(path: "server.log").path }

    /// Runs `body` with a running cluster, and removes it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await TestCluster()
        do {
            let value = try await body(cluster)
            await cluster.remove()
            return value
        } catch {
            await cluster.remove()
            throw error
        }
    }

    private init() async throws {
        let (tools, directory) = try (ServerTools(), ServerTools.makeDirectory())
        let password = UUID().text
        do {
            port = try await Self.make(tools, directory, password)
        } catch {
            try? FileManager.default.removeItem(at: directory)
            throw error
        }
        (self.tools, self.directory, self.password) = (tools, directory, password)
    }

    /// Makes and starts the cluster.
    /// - Returns: its port: between choosing one and using it somebody else may take it, then the next one is tried.
    private static func make(_ tools: ServerTools, _ directory: URL, _ password: String) async throws -> Int {
        let secret = directory.appending(path: "password")
        try Data(password.utf8).write(to: secret)
        try tools.giveToServer(secret)
        let data = directory.appending(path: "data").path
        try await tools.run(
            "initdb",
            ["--pgdata=\(data)", "--username=plane", "--pwfile=\(secret.path)", "--auth=scram-sha-256"]
                + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        )
        let log = directory.appending(path: "server.log").path
        for _ in 1...5 {
            let port = try LoopbackPort.choose()
            do {
                try await tools.start(data, port: port, log: log)
                return port
            } catch {
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                guard text.contains("Address already in use") else { throw error }
            }
        }
        throw ServerTools.Failure(description: "five ports were taken before PostgreSQL could use them")
    }

    /// The address of a database of the cluster, as superuser.
    package func url(_ database: String) -> String {
        "postgresql://plane:\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// Ends the server; its files stay.
    package func stop(_ mode: StopMode = .fast) async throws {
        try await tools.run("pg_ctl", ["-D", data, "-m", mode.rawValue, "-w", "-t", "30", "stop"])
    }

    /// Starts the server again, on its port.
    package func start() async throws {
        try await tools.start(data, port: port, log: serverLog)
    }

    /// Stops every process of the server where it is, as on a machine that hangs, or lets them go on.
    package func setFrozen(_ isFrozen: Bool) throws {
        let text = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8)
        guard let postmaster = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw ServerTools.Failure(description: "postmaster.pid cannot be read")
        }
        // The postmaster first: it must not start others meanwhile.
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for process in [postmaster] + children.split(separator: " ").compactMap({ Int32($0) }) {
            kill(process, isFrozen ? SIGSTOP : SIGCONT)
        }
    }

    /// A new database with the Plane-compatible schema, the demo workspace and our migrations.
    package func database(_ name: String = "plane") async throws -> TestDatabase {
        try await Connection(DatabaseConfig(url: Secret(url("postgres")), applicationName: "test"))
            .runScript("create database \(name)", within: .seconds(60))
        let database = TestDatabase(name: name, url: url(name))
        let connection = database.connection()
        for file in ["schema", "demo"] {
            let script = try String(contentsOf: Self.schemas.appending(path: "\(file).sql"), encoding: .utf8)
            try await connection.runScript(script, within: .seconds(60))
        }
        await connection.close()
        let migration = try TestProgram("plane-worker", ["migrate"], environment: ["DATABASE_URL": database.url])
        guard try await migration.wait(within: .seconds(60)) == 0 else {
            throw ServerTools.Failure(description: "plane-worker migrate: \(migration.text)")
        }
        return database
    }

    private static let schemas = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql/plane")

    private func remove() async {
        try? setFrozen(false)
        try? await stop(.immediate)
        try? FileManager.default.removeItem(at: directory)
    }
}
