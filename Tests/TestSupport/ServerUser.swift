import Foundation

/// Runs what refuses to run as root, PostgreSQL and PgBouncer, as the user they have on Debian.
package enum ServerUser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts a program in the foreground.
    ///
    /// `setpriv` becomes the program, so that the process number is the program's own and signals reach it.
    static func start(
        _ program: URL,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> TestProgram {
        guard geteuid() == 0 else { return try TestProgram(program, arguments, environment: environment) }
        let user = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        return try TestProgram(
            URL(filePath: "/usr/bin/setpriv"),
            user + [program.path] + arguments,
            environment: environment
        )
    }

    /// Runs a program to its end.
    static func run(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) async throws {
        let running = try start(program, arguments, environment: environment)
        let status = try await running.wait(within: .seconds(60))
        guard status == 0 else {
            throw Failure(description: "\(program.lastPathComponent) ended with \(status): \(running.text)")
        }
    }

    /// Makes a directory of the server's own below the one that goes with the run.
    static func makeDirectory(_ name: String) throws -> URL {
        try makeDirectory("\(name)-\(UUID().uuidString.lowercased())", in: TestEnvironment.state)
    }

    /// Makes a directory of the server's own in another.
    static func makeDirectory(_ name: String, in parent: URL) throws -> URL {
        let directory = parent.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        try give(directory, mode: 0o700)
        return directory
    }

    /// Writes a file that only the server may read.
    static func write(_ text: String, to file: URL) throws {
        try Data(text.utf8).write(to: file)
        try give(file, mode: 0o600)
    }

    private static func give(_ file: URL, mode: mode_t) throws {
        guard chmod(file.path, mode) == 0 else { throw Failure(description: "cannot chmod \(file.path)") }
        guard geteuid() == 0 else { return }
        guard let user = getpwnam("postgres")?.pointee, chown(file.path, user.pw_uid, user.pw_gid) == 0 else {
            throw Failure(description: "cannot give \(file.path) to the user postgres")
        }
    }

    /// A port of loopback that nobody has, outside the range of outgoing connections.
    ///
    /// A client that knocks at the port of a stopped server could else be given that port and connect to itself.
    package static func freePort() throws -> Int {
        for _ in 1...100 {
            let port = Int.random(in: 15_000..<30_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if bound == 0 { return port }
        }
        throw Failure(description: "no port between 15000 and 30000 is free")
    }
}
