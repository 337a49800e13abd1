import Base
import Foundation
import TestSupport

/// A service as deploy/install laid it out, started as systemd would: as a user without rights, with the unit's command,
/// environment and credentials.
struct InstalledUnit: Sendable {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let root: URL
    private let instance: String
    /// Of the section `[Service]`, in their order.
    private let settings: [(key: String, value: String)]
    private let credentials: URL

    /// The user `nobody`: it owns nothing here but its credentials and its state.
    private static let user: UInt32 = 65_534

    /// Reads `name` of the installation below `root` and hands out its credentials.
    init(_ name: String, below root: URL, instance: String = "") throws {
        self.root = root
        self.instance = instance
        let file = root.appending(path: "usr/local/lib/systemd/system/\(name)")
        settings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { return nil }
            return (String(line[..<equals]), String(line[line.index(after: equals)...]))
        }
        credentials = root.appending(path: "run/credentials/\(name)")
        try Self.makeDirectory(credentials)
        for value in values("LoadCredential") {
            let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
            let copy = credentials.appending(path: parts[0])
            try Data(contentsOf: root.appending(path: parts[1])).write(to: copy)
            try Self.give(copy, mode: 0o400)
        }
        try Self.give(credentials, mode: 0o500)
        for value in values("StateDirectory") {
            let directory = root.appending(path: "var/lib/\(value)")
            try Self.makeDirectory(directory)
            try Self.give(directory, mode: 0o700)
        }
    }

    /// Starts the unit's command; what it tells systemd goes to `manager`.
    func start(telling manager: TestNotifySocket? = nil) throws -> TestProgram {
        var environment = try self.environment
        if let manager {
            environment["NOTIFY_SOCKET"] = manager.name
            let seconds = values("WatchdogSec").last.flatMap { Int($0.dropLast()) } ?? 0
            environment["WATCHDOG_USEC"] = String(seconds * 1_000_000)
        }
        guard let line = values("ExecStart").last else { throw Broken(description: "there is no ExecStart") }
        let command = line.split(separator: " ").map { word in
            environment.reduce(expand(String(word))) { $0.replacing("${\($1.key)}", with: $1.value) }
        }
        // The installed program, without what a root of its own would need besides.
        let program = root.appending(path: command[0]).path
        let rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        let user = ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
        guard geteuid() == 0 else {
            return try TestProgram(URL(filePath: program), Array(command.dropFirst()), environment: environment)
        }
        return try TestProgram(
            URL(filePath: "/usr/bin/setpriv"),
            user + rights + ["--", program] + command.dropFirst(),
            environment: environment
        )
    }

    /// Files come after the unit's own lines and override them.
    private var environment: [String: String] {
        get throws {
            var lines = values("Environment").map(expand)
            for value in values("EnvironmentFile") {
                let file = root.appending(path: value.drop { $0 == "-" })
                guard FileManager.default.fileExists(atPath: file.path) else { continue }
                lines += try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            }
            let pairs = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: "=", maxSplits: 1) }
            return pairs.reduce(into: [:]) { $0[String($1[0])] = $1.count > 1 ? String($1[1]) : "" }
        }
    }

    private func values(_ key: String) -> [String] { settings.filter { $0.key == key }.map(\.value) }

    private func expand(_ text: String) -> String {
        text.replacing("%d", with: credentials.path).replacing("%i", with: instance)
            .replacing("%S", with: root.appending(path: "var/lib").path)
    }

    private static func makeDirectory(_ directory: URL) throws {
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
    }

    private static func give(_ file: URL, mode: mode_t) throws {
        guard chmod(file.path, mode) == 0, geteuid() != 0 || chown(file.path, user, user) == 0 else {
            throw Broken(description: "cannot give \(file.path) away")
        }
    }
}
