import Foundation
import Synchronization

/// One of the real programs, started by a test.
package final class TestProgram: Sendable {
    private let process: Mutex<Process>
    private let output: TestOutput
    package let pid: Int32

    /// Starts the program; `environment` is all that it sees besides `PATH`.
    package convenience init(_ name: String, _ arguments: [String] = [], environment: [String: String]) throws {
        try self.init(TestEnvironment.programs.appending(path: name), arguments, environment: environment)
    }

    /// Starts any program.
    ///
    /// It carries the mark by which Tests/run finds what was left running. It works in `directory`, or where the tests do.
    package init(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        directory: URL? = nil
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = directory }
        let base = ["PATH": "/usr/bin:/bin", "LOG_FORMAT": "json", "PLANE_TESTS": try TestEnvironment.state.path]
        process.environment = environment.merging(base) { given, _ in given }
        process.standardInput = FileHandle.nullDevice
        output = try TestOutput()
        process.standardOutput = output.file
        process.standardError = output.file
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
    }

    deinit {
        process.withLock { if $0.isRunning { kill(pid, SIGKILL) } }
    }

    /// Everything printed so far, both streams together.
    package var text: String { output.text }

    package var isRunning: Bool { process.withLock { $0.isRunning } }

    package func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Waits for the end; kills the program when it does not come in time.
    /// - Returns: the exit status, or minus the number of the signal that ended it.
    package func wait(within limit: Duration = .seconds(20)) async throws -> Int32 {
        let ended = try await eventually(within: limit) { !self.isRunning }
        if !ended { kill(pid, SIGKILL) }
        return process.withLock { process in
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }

    /// Waits until a line containing `words` was printed.
    package func waitForOutput(_ words: String, within limit: Duration = .seconds(20)) async throws -> Bool {
        try await eventually(within: limit) { self.text.contains(words) || !self.isRunning } && text.contains(words)
    }
}

/// A file without a name that a program writes to: what it wrote is there at once, which a pipe with a reader of its own
/// would not promise on a busy machine.
private final class TestOutput: Sendable {
    let file: FileHandle

    init() throws {
        let path = try TestEnvironment.state.appending(path: "run/output-\(UUID())").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        unlink(path)
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    var text: String {
        var information = stat()
        fstat(file.fileDescriptor, &information)
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, Int(information.st_size))) { buffer, count in
            count = max(0, pread(file.fileDescriptor, buffer.baseAddress, buffer.count, 0))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Asks again and again until `condition` holds or the time is up.
/// - Returns: whether it held.
package func eventually(
    within limit: Duration = .seconds(20),
    _ condition: @Sendable () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}
