import Foundation
import Synchronization
import TestSupport

/// plane-worker on a terminal of 80 columns and 24 rows, which the system's `script` gives it.
final class CommandsTerminal: Sendable {
    private let process: Mutex<Process>
    private let keyboard: FileHandle
    private let shown = Mutex(Data())

    /// Without `TERM` the terminal counts as one that knows neither colours nor cursor movements.
    convenience init(_ arguments: String, on database: TestDatabase, environment: [String: String] = [:]) throws {
        try self.init(arguments, environment.merging(["DATABASE_URL": database.url(as: .admin)]) { given, _ in given })
    }

    init(_ arguments: String, _ environment: [String: String]) throws {
        // Typing to a program that has ended must fail the test, not end the tests.
        signal(SIGPIPE, SIG_IGN)
        let program = try TestEnvironment.programs.appending(path: "plane-worker").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/script")
        // The first line tells the terminal's name, for `resize`. COLUMNS is the test's to set, not the shell's.
        let line = "shopt -u checkwinsize; stty cols 80 rows 24; tty; exec '\(program)' \(arguments)"
        process.arguments = ["-qec", line, "/dev/null"]
        let surroundings = ["PATH": "/usr/bin:/bin", "SHELL": "/bin/bash"]
        process.environment = environment.merging(surroundings) { given, _ in given }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        keyboard = input.fileHandleForWriting
        try process.run()
        self.process = Mutex(process)
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.shown.withLock { $0.append(data) }
        }
    }

    private var everything: String { shown.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Everything shown so far.
    var text: String { String(everything.drop { !$0.isNewline }.dropFirst()) }

    var lines: [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

    /// The lines of the last whole picture that was drawn from the corner on.
    var screen: [String] {
        let pictures = text.components(separatedBy: "\u{1B}[H").dropFirst()
        guard let last = pictures.last(where: { $0.contains("\u{1B}[J") }) else { return [] }
        let lines = (last.components(separatedBy: "\u{1B}[J").first ?? "").components(separatedBy: "\r\n")
        return lines.map { $0.replacing(/\u{1B}\[[0-9;?]*[a-zA-Z]/, with: "") }
    }

    /// Waits until the last picture has these words.
    func waitForScreen(_ words: String) async throws -> Bool {
        try await eventually { self.screen.contains { $0.contains(words) } }
    }

    /// Gives the terminal another size, as somebody does who pulls at its window.
    func resize(columns: Int, rows: Int) throws {
        let name = everything.prefix { !$0.isNewline }
        try Process.run(
            URL(filePath: "/usr/bin/stty"),
            arguments: ["-F", String(name), "cols", String(columns), "rows", String(rows)]
        ).waitUntilExit()
    }

    /// Sends a signal to the program itself.
    func send(_ signal: Int32) {
        let script = process.withLock { $0.processIdentifier }
        let list = try? String(contentsOfFile: "/proc/\(script)/task/\(script)/children", encoding: .utf8)
        for child in (list ?? "").split(separator: " ").compactMap({ Int32($0) }) { kill(child, signal) }
    }

    func type(_ text: String) throws { try keyboard.write(contentsOf: Data(text.utf8)) }

    func waitFor(_ words: String) async throws -> Bool {
        try await eventually { self.text.contains(words) }
    }

    /// Waits for the end.
    /// - Returns: the exit status.
    func wait() async throws -> Int32 {
        let ended = try await eventually { self.process.withLock { !$0.isRunning } }
        return process.withLock { process in
            if !ended { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }
}
