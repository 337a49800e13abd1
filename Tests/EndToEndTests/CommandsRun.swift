import Base
import Foundation
import TestSupport

/// One finished run of plane-worker with what it printed on each stream.
struct CommandsRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs plane-worker to its end, without a terminal, as the role the command is meant for unless told otherwise.
    static func worker(
        _ arguments: [String],
        on database: TestDatabase? = nil,
        as role: TestRole? = nil,
        environment: [String: String] = [:]
    ) async throws -> CommandsRun {
        let program = try TestEnvironment.programs.appending(path: "plane-worker")
        let role = role ?? Self.role(of: arguments)
        let database = database.map { ["DATABASE_URL": $0.url(as: role)] } ?? [:]
        return try await run(program, arguments, environment.merging(database) { given, _ in given })
    }

    private static func role(of arguments: [String]) -> TestRole {
        switch arguments.first {
        case "migrate": .owner
        case "prune": .prune
        case "connect", "configure", "show-config", "users", "disconnect", "doctor", "import", "reconcile", "recover",
            "jobs":
            .admin
        default: .worker
        }
    }

    /// Runs a script with a shell, given a word; without a database.
    static func script(_ shell: String, _ script: String, _ word: String = "") async throws -> CommandsRun {
        let programs = try TestEnvironment.programs.path
        return try await run(URL(filePath: shell), ["-c", script, shell, word], ["PATH": "\(programs):/usr/bin:/bin"])
    }

    /// Runs a line of shell.
    static func shell(_ line: String, on database: TestDatabase) async throws -> CommandsRun {
        try await run(
            URL(filePath: "/bin/bash"),
            ["-c", line],
            ["DATABASE_URL": database.url(as: .admin), "PATH": "/usr/bin:/bin"]
        )
    }

    private static func run(
        _ program: URL,
        _ arguments: [String],
        _ environment: [String: String]
    ) async throws -> CommandsRun {
        let folder = FileManager.default.temporaryDirectory.appending(path: "commands-\(UUID().text)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let streams = try ["out", "err"].map { name in
            let file = folder.appending(path: name)
            try Data().write(to: file)
            return (file, try FileHandle(forWritingTo: file))
        }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = streams[0].1
        process.standardError = streams[1].1
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        return CommandsRun(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOf: streams[0].0, encoding: .utf8),
            errors: try String(contentsOf: streams[1].0, encoding: .utf8)
        )
    }

    /// Lines of the output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output as one JSON object.
    var json: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:] }
    }
}
