import Foundation
import Synchronization

/// A PgBouncer between the programs and a server.
package final class TestPooler: Sendable {
    package enum Mode: String, Sendable {
        case transaction
        /// In which it drops the options a client begins with, as the operator of one may have it do.
        case session

        fileprivate var ignored: String { self == .session ? "options" : "" }
    }

    /// Where it listens.
    package let address: TestServerAddress
    /// Server connections it opens for each role and database.
    package static let size = 3

    private let directory: URL
    private let running: Mutex<TestProgram>

    /// Runs `body` with a pooler and ends it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ server: TestServerAddress,
        mode: Mode = .transaction,
        _ body: @Sendable (TestPooler) async throws -> Value
    ) async throws -> Value {
        let pooler = try await TestPooler(server, mode)
        do {
            let value = try await body(pooler)
            try await pooler.end()
            return value
        } catch {
            try await pooler.end()
            throw error
        }
    }

    private init(_ server: TestServerAddress, _ mode: Mode) async throws {
        let port = try ServerUser.freePort()
        address = server.at("127.0.0.1:\(port)")
        directory = try ServerUser.makeDirectory("pooler")
        try ServerUser.write(server.passwordFile, to: directory.appending(path: "users"))
        let serverPort = server.hosts.split(separator: ":").last ?? "5432"
        try ServerUser.write(
            """
            [databases]
            * = host=127.0.0.1 port=\(serverPort)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = \(directory.path)/users
            pool_mode = \(mode.rawValue)
            default_pool_size = \(Self.size)
            ; Empty by default: with DATABASE_POOLED our programs send nothing at the start that PgBouncer does not know.
            ignore_startup_parameters = \(mode.ignored)

            """,
            to: directory.appending(path: "pgbouncer.ini")
        )
        running = Mutex(try Self.start(directory))
        try await waitUntilReady()
    }

    private static func start(_ directory: URL) throws -> TestProgram {
        try ServerUser.start(URL(filePath: "/usr/sbin/pgbouncer"), [directory.appending(path: "pgbouncer.ini").path])
    }

    private func waitUntilReady() async throws {
        let program = running.withLock { $0 }
        guard try await program.waitForOutput("process up") else {
            throw ServerUser.Failure(description: "pgbouncer does not start: \(program.text)")
        }
    }

    /// Ends it at once, with every connection on both sides, and starts it again after a pause.
    package func restart(after pause: Duration) async throws {
        try await stop()
        try await Task.sleep(for: pause)
        let program = try Self.start(directory)
        running.withLock { $0 = program }
        try await waitUntilReady()
    }

    /// By force: it has nothing to put in order, and Foundation starts it with the other signals blocked.
    private func stop() async throws {
        let program = running.withLock { $0 }
        program.send(SIGKILL)
        _ = try await program.wait(within: .seconds(10))
    }

    private func end() async throws {
        try await stop()
        try FileManager.default.removeItem(at: directory)
    }
}
