import Foundation
import Shared

/// A primary and its streaming standby, both copies of the cluster the tests have; a test may end one and promote the
/// other.
package final class TestStandby: Sendable {
    private let primary: TestProgram
    private let standby: TestProgram
    private let primaryPort: Int
    private let standbyPort: Int
    private let directory: URL

    /// How a primary goes.
    package enum End: Sendable {
        /// Every process of it is gone at once, as after a crash.
        case crash
        /// It still takes connections and answers nothing, as a machine that hangs.
        case freeze
    }

    /// Runs `body` with both and ends them afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ body: @Sendable (TestStandby) async throws -> Value
    ) async throws -> Value {
        let pair = try await TestStandby()
        do {
            let value = try await body(pair)
            try await pair.remove()
            return value
        } catch {
            try await pair.remove()
            throw error
        }
    }

    private init() async throws {
        directory = try ServerUser.makeDirectory("standby")
        primaryPort = try ServerUser.freePort()
        try await Self.copy(Self.superuser(), to: directory.appending(path: "primary"))
        primary = try Self.start(directory.appending(path: "primary"), port: primaryPort)
        try await Self.waitUntilReady(primary)
        standbyPort = try ServerUser.freePort()
        try await Self.copy(
            Self.superuser(port: primaryPort),
            to: directory.appending(path: "standby"),
            ["--write-recovery-conf"]
        )
        standby = try Self.start(directory.appending(path: "standby"), port: standbyPort)
        try await Self.waitUntilReady(standby)
    }

    private static func copy(_ source: URLComponents, to target: URL, _ options: [String] = []) async throws {
        try await ServerUser.run(
            TestEnvironment.postgres.appending(path: "pg_basebackup"),
            [
                "--pgdata=\(target.path)", "--wal-method=stream", "--checkpoint=fast", "--no-sync",
                "--host=\(source.host ?? "")", "--port=\(source.port ?? 5432)", "--username=\(source.user ?? "")",
            ] + options,
            environment: ["PGPASSWORD": source.password ?? ""]
        )
    }

    private static func start(_ data: URL, port: Int) throws -> TestProgram {
        // Without fsync: no test cuts the power.
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_statement=none"]
        return try ServerUser.start(
            TestEnvironment.postgres.appending(path: "postgres"),
            ["-D", data.path, "-p", String(port)] + settings.flatMap { ["-c", $0] }
        )
    }

    private static func waitUntilReady(_ server: TestProgram) async throws {
        guard try await server.waitForOutput("ready to accept", within: .seconds(60)) else {
            throw ServerUser.Failure(description: "the server does not start: \(server.text)")
        }
    }

    private static func superuser(port: Int? = nil) throws -> URLComponents {
        guard var parts = URLComponents(string: try TestEnvironment.databaseURL) else {
            throw ServerUser.Failure(description: "TEST_DATABASE_URL cannot be read")
        }
        parts.port = port ?? parts.port
        return parts
    }

    private func connection(port: Int) throws -> Connection {
        let url = try Self.superuser(port: port).string ?? ""
        return Connection(DatabaseConfig(url: Secret(url), applicationName: "test"))
    }

    /// The template of the test databases, as it is on whichever of the two takes writes.
    package func database(standbyFirst: Bool = false) throws -> TestDatabase {
        let hosts = [primaryPort, standbyPort].map { "127.0.0.1:\($0)" }
        let server = try TestEnvironment.server.at(
            (standbyFirst ? hosts.reversed() : hosts).joined(separator: ","),
            options: "target_session_attrs=read-write"
        )
        return TestDatabase(name: TestEnvironment.template, on: server)
    }

    /// From now on a commit waits until the standby has applied it.
    package func commitOnBoth() async throws {
        let primary = try connection(port: primaryPort)
        try await primary.configure("synchronous_commit = 'remote_apply'")
        try await primary.configure("synchronous_standby_names = '*'")
        let isSynchronous = try await eventually {
            try await primary.holds("select exists (select from pg_stat_replication where sync_state = 'sync') as it")
        }
        guard isSynchronous else { throw ServerUser.Failure(description: "the standby does not follow") }
    }

    /// Lets the standby fall behind: what the primary commits from now on does not reach it.
    package func stopFollowing() async throws {
        try await connection(port: standbyPort).configure("primary_conninfo = ''")
        let primary = try connection(port: primaryPort)
        let isAlone = try await eventually {
            try await primary.holds("select not exists (select from pg_stat_replication) as it")
        }
        guard isAlone else { throw ServerUser.Failure(description: "the standby still follows") }
    }

    /// Turns the primary into a server that takes no writes, or back.
    package func setReadOnly(_ isReadOnly: Bool) async throws {
        let value = isReadOnly ? "on" : "off"
        try await connection(port: primaryPort).configure("default_transaction_read_only = \(value)")
    }

    package func end(_ how: End) async throws {
        switch how {
        case .crash:
            primary.send(SIGQUIT)
            _ = try await primary.wait(within: .seconds(10))
        case .freeze:
            // The postmaster first: it must not start others meanwhile.
            for process in [primary.pid] + Self.children(of: primary.pid) { kill(process, SIGSTOP) }
        }
    }

    private static func children(of process: Int32) -> [Int32] {
        let list = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        return (list ?? "").split(separator: " ").compactMap { Int32($0) }
    }

    /// Makes the standby a primary, and returns when it takes writes.
    package func promote() async throws {
        try await connection(port: standbyPort).execute("select pg_promote()")
    }

    private func remove() async throws {
        for process in [primary.pid] + Self.children(of: primary.pid) where primary.isRunning {
            kill(process, SIGCONT)
        }
        for server in [primary, standby] where server.isRunning {
            server.send(SIGQUIT)
            _ = try await server.wait(within: .seconds(10))
        }
        try FileManager.default.removeItem(at: directory)
    }
}

extension Connection {
    // Settings cannot be bound; these come from the test itself.
    fileprivate func configure(_ setting: String) throws {
        try runScript("alter system set \(setting)", within: .seconds(10))
        try run("select pg_reload_conf()")
    }

    fileprivate func holds(_ query: Query) throws -> Bool { try run(query)[0].get("it") }
}
