import Foundation
import Shared
import Synchronization

/// A PostgreSQL server of a test's own, which it may stop, kill and start again.
///
/// It listens on loopback only, asks for a random password, and is gone with its files when `with` returns.
package final class TestCluster: Sendable {
    package enum StopMode: Sendable {
        /// Breaks connections off and ends in order.
        case fast
        /// As a crash: the next start recovers from the log.
        case immediate

        fileprivate var signal: Int32 {
            switch self {
            case .fast: SIGINT
            case .immediate: SIGQUIT
            }
        }
    }

    package let port: Int
    private let tools: ServerTools
    private let directory: URL
    private let password: String
    private let server: Mutex<Process>

    private var data: String { directory.appending(path: "data").path }
    private var log: URL { directory.appending(path: "server.log") }

    /// Runs `body` with a running cluster, and removes it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await ready()
        do {
            let value = try await body(cluster)
            await cluster.remove()
            return value
        } catch {
            await cluster.remove()
            throw error
        }
    }

    /// Between choosing a port and using it somebody else may take it: then another cluster is tried.
    private static func ready() async throws -> TestCluster {
        var attempt = 1
        while true {
            let cluster = try TestCluster()
            do {
                try await cluster.waitUntilReady()
                return cluster
            } catch {
                await cluster.remove()
                guard "\(error)".contains("Address already in use"), attempt < 5 else { throw error }
                attempt += 1
            }
        }
    }

    private init() throws {
        tools = try ServerTools()
        directory = try ServerTools.makeDirectory()
        password = UUID().text
        do {
            let secret = directory.appending(path: "password")
            try Data(password.utf8).write(to: secret)
            try tools.giveToServer(secret)
            try tools.run(
                "initdb",
                ["--pgdata=\(directory.path)/data", "--username=plane", "--pwfile=\(secret.path)"]
                    + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
            )
            port = try LoopbackPort.choose()
            server = Mutex(
                try tools.start("\(directory.path)/data", port: port, log: directory.appending(path: "server.log"))
            )
        } catch {
            try? FileManager.default.removeItem(at: directory)
            throw error
        }
    }

    /// The address of a database of the cluster, as superuser.
    package func url(_ database: String) -> String {
        "postgresql://plane:\(password)@127.0.0.1:\(port)/\(database)"
    }

    /// Ends the server; its files stay.
    package func stop(_ mode: StopMode = .fast) async throws {
        kill(try postmaster, mode.signal)
        guard try await eventually({ !self.isRunning }) else {
            throw ServerTools.Failure(description: "PostgreSQL does not end")
        }
    }

    /// Starts the server again, on its port.
    package func start() async throws {
        let process = try tools.start(data, port: port, log: log)
        server.withLock { $0 = process }
        try await waitUntilReady()
    }

    private var isRunning: Bool { server.withLock { $0.isRunning } }

    /// - Throws: `Failure` with the server's messages, when it ends instead.
    private func waitUntilReady() async throws {
        let connection = Connection(DatabaseConfig(url: Secret(url("postgres")), applicationName: "test"))
        let isReady = try await eventually {
            guard self.isRunning else { return true }
            return (try? await connection.execute("select 1")) != nil
        }
        guard isReady, isRunning else {
            throw ServerTools.Failure(description: (try? String(contentsOf: log, encoding: .utf8)) ?? "no messages")
        }
    }

    private var postmaster: Int32 {
        get throws {
            let text = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8)
            guard let number = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
                throw ServerTools.Failure(description: "postmaster.pid cannot be read")
            }
            return number
        }
    }

    /// Stops every process of the server where it is, as on a machine that hangs, or lets them go on.
    package func setFrozen(_ isFrozen: Bool) throws {
        let postmaster = try postmaster
        let signal = isFrozen ? SIGSTOP : SIGCONT
        // The postmaster first: it must not start others meanwhile.
        kill(postmaster, signal)
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for process in children.split(separator: " ").compactMap({ Int32($0) }) { kill(process, signal) }
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
