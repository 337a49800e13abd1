import Base
import Database
import Foundation
import Synchronization

/// A PostgreSQL server of a test's own, which it may stop, kill, freeze and start again: a copy of the tests' cluster,
/// roles and template included.
package final class TestCluster: Sendable {
    package enum StopMode: Sendable {
        /// Breaks connections off and ends in order.
        case fast
        /// As a crash: the next start recovers from the log.
        case immediate

        fileprivate var signal: Int32 { self == .fast ? SIGINT : SIGQUIT }
    }

    package let port: Int
    private let directory: URL
    private let server: Mutex<TestProgram>

    /// Runs `body` with a running cluster, and removes it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await TestCluster()
        do {
            let value = try await body(cluster)
            try await cluster.remove()
            return value
        } catch {
            try await cluster.remove()
            throw error
        }
    }

    /// Copies a running server, the tests' own by default, and starts the copy; `options` are those of `pg_basebackup`.
    init(of source: URLComponents? = nil, _ options: [String] = []) async throws {
        let source = try source ?? Self.superuser()
        directory = try ServerUser.makeDirectory("cluster")
        port = try ServerUser.freePort()
        try await ServerUser.run(
            TestEnvironment.postgres.appending(path: "pg_basebackup"),
            [
                "--pgdata=\(directory.path)", "--wal-method=stream", "--checkpoint=fast", "--no-sync",
                "--host=\(source.host ?? "")", "--port=\(source.port ?? 5432)", "--username=\(source.user ?? "")",
            ] + options,
            environment: ["PGPASSWORD": source.password ?? ""]
        )
        server = Mutex(try Self.start(directory, port: port))
        try await waitUntilReady()
    }

    private static func start(_ data: URL, port: Int) throws -> TestProgram {
        // Without fsync: no test cuts the power.
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_statement=none"]
        return try ServerUser.start(
            TestEnvironment.postgres.appending(path: "postgres"),
            ["-D", data.path, "-p", String(port)] + settings.flatMap { ["-c", $0] }
        )
    }

    private func waitUntilReady() async throws {
        let server = server.withLock { $0 }
        guard try await server.waitForOutput("ready to accept", within: .seconds(60)) else {
            throw ServerUser.Failure(description: "the server does not start: \(server.text)")
        }
    }

    /// The address of the tests' cluster as its superuser, or of another one with the same password.
    static func superuser(port: Int? = nil) throws -> URLComponents {
        guard var parts = URLComponents(string: try TestEnvironment.databaseURL) else {
            throw ServerUser.Failure(description: "TEST_DATABASE_URL cannot be read")
        }
        parts.port = port ?? parts.port
        return parts
    }

    /// A connection as superuser.
    package func superuser() throws -> Connection {
        let url = try Self.superuser(port: port).string ?? ""
        return Connection(DatabaseConfig(url: Secret(url), applicationName: "test"))
    }

    /// The template of the test databases: Plane's schema, the demo workspace, our migrations and roles.
    package func database() throws -> TestDatabase {
        TestDatabase(name: TestEnvironment.template, on: try TestEnvironment.server.at("127.0.0.1:\(port)"))
    }

    /// Ends the server; its files stay.
    package func stop(_ mode: StopMode = .fast) async throws {
        let server = server.withLock { $0 }
        server.send(mode.signal)
        _ = try await server.wait(within: .seconds(30))
    }

    /// Starts the server again, on its port.
    package func start() async throws {
        let restarted = try Self.start(directory, port: port)
        server.withLock { $0 = restarted }
        try await waitUntilReady()
    }

    /// Stops every process of the server where it is, as on a machine that hangs, or lets them go on.
    package func setFrozen(_ isFrozen: Bool) {
        let postmaster = server.withLock { $0.pid }
        let list = try? String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        let children = (list ?? "").split(separator: " ").compactMap { Int32($0) }
        // The postmaster first: it must not start others meanwhile.
        for process in [postmaster] + children { kill(process, isFrozen ? SIGSTOP : SIGCONT) }
    }

    func remove() async throws {
        if server.withLock({ $0.isRunning }) {
            setFrozen(false)
            try await stop(.immediate)
        }
        try FileManager.default.removeItem(at: directory)
    }
}
