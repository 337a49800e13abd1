import Foundation

/// PostgreSQL's own programs, run as the user a server may run as: it refuses to run as root.
struct ServerTools: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let oldestServer = 15
    private let binaries: URL

    /// Finds the newest programs, of version 15 or later.
    init() throws {
        let root = URL(filePath: "/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let newest = versions.compactMap { Int($0) }.filter { version in
            version >= Self.oldestServer
                && FileManager.default.isExecutableFile(atPath: "\(root.path)/\(version)/bin/initdb")
        }.max()
        guard let newest else {
            throw Failure(description: "there are no PostgreSQL server programs below \(root.path)")
        }
        binaries = root.appending(path: "\(newest)/bin")
    }

    /// A directory for a cluster, of the server's user; below what `Tests/run` removes, where that is at work.
    static func makeDirectory() throws -> URL {
        let base = ProcessInfo.processInfo.environment["PLANE_TESTS"].map { URL(filePath: $0) }
        let directory = (base ?? FileManager.default.temporaryDirectory)
            .appending(path: "cluster-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        guard chmod(directory.path, 0o700) == 0 else { throw Failure(description: "chmod failed") }
        try giveToServer(directory)
        return directory
    }

    func giveToServer(_ file: URL) throws { try Self.giveToServer(file) }

    private static func giveToServer(_ file: URL) throws {
        guard geteuid() == 0 else { return }
        guard let user = getpwnam("postgres")?.pointee else {
            throw Failure(description: "there is no user postgres, as whom the server would run")
        }
        guard chown(file.path, user.pw_uid, user.pw_gid) == 0 else { throw Failure(description: "chown failed") }
    }

    /// Starts a server that listens on loopback only, and waits until it takes connections.
    func start(_ data: String, port: Int, log: String) async throws {
        // No test cuts the power, and what a stopped process wrote is not lost: waiting for the disk would tell nothing.
        let settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100", "fsync=off",
        ]
        let options = "-p \(port) " + settings.map { "-c \($0)" }.joined(separator: " ")
        try await run("pg_ctl", ["-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start"])
    }

    private static let onlyStandardStreams = """
        for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd > 2)) && eval "exec $fd>&-"; done; exec "$@"
        """

    /// Runs a program to its end.
    /// - Throws: `Failure` with what it printed, when it ends with another status than 0.
    func run(_ name: String, _ arguments: [String]) async throws {
        let program = [binaries.appending(path: name).path] + arguments
        let command = geteuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + program : program
        let process = Process()
        // Foundation learns of the end of a process by a descriptor that all its children inherit: with a server
        // among them it would wait for the server. So nothing but the standard streams is handed on.
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", Self.onlyStandardStreams, "bash"] + command
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardInput = FileHandle.nullDevice
        // A file, not a pipe: the server it may start would keep the pipe open.
        let output = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard process.terminationStatus == 0 else {
            let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            throw Failure(description: "\(name) ended with \(process.terminationStatus): \(text)")
        }
    }
}
