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

    /// Starts a server that listens on loopback only; its messages go to the end of `log`.
    ///
    /// It is our child, not `pg_ctl`'s: a daemon would keep open what tells Foundation that its parent has ended.
    func start(_ data: String, port: Int, log: URL) throws -> Process {
        // No test cuts the power, and what a killed process wrote is not lost: waiting for the disk would tell nothing.
        let settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100", "fsync=off",
        ]
        let process = command("postgres", ["-D", data, "-p", "\(port)"] + settings.flatMap { ["-c", $0] })
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    private func command(_ name: String, _ arguments: [String]) -> Process {
        let program = [binaries.appending(path: name).path] + arguments
        // It becomes the program, where runuser would stay in between and stop with a child that is stopped.
        let user = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        let command = geteuid() == 0 ? user + program : program
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs a program to its end.
    /// - Throws: `Failure` with what it printed, when it ends with another status than 0.
    func run(_ name: String, _ arguments: [String]) throws {
        let process = command(name, arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: output, as: UTF8.self)
            throw Failure(description: "\(name) ended with \(process.terminationStatus): \(text)")
        }
    }
}
