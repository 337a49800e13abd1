import Foundation
import Shared
import Synchronization
import TestSupport

/// plane-worker on a terminal of 80 columns, which the system's `script` gives it.
final class CommandsTerminal: Sendable {
    private let process: Mutex<Process>
    private let keyboard: FileHandle
    private let shown = Mutex(Data())

    init(_ arguments: String, on database: TestDatabase) throws {
        // Typing to a program that has ended must fail the test, not end the tests.
        signal(SIGPIPE, SIG_IGN)
        let program = try TestEnvironment.programs.appending(path: "plane-worker").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/script")
        process.arguments = ["-qec", "stty cols 80; exec '\(program)' \(arguments)", "/dev/null"]
        process.environment = [
            "DATABASE_URL": database.url(as: .admin), "PATH": "/usr/bin:/bin", "SHELL": "/bin/bash",
        ]
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

    /// Everything shown so far.
    var text: String { shown.withLock { String(decoding: $0, as: UTF8.self) } }

    var lines: [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

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
