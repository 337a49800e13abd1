import Foundation
import HTTP
import Testing

/// Runs a table of raw-byte vectors kept outside this package, where there is one: HTTP_VECTORS names the script.
@Suite struct HTTPVectorScriptTests {
    static let script = ProcessInfo.processInfo.environment["HTTP_VECTORS"] ?? "../shared/http/http_vectors.py"

    // Skipped where the script is not: our own table (HTTPVector) covers its rules and needs no file.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: script), "no script at \(script)"),
        .timeLimit(.minutes(15))
    )
    func `the external vectors find nothing`() async throws {
        try await TestServer.run(HTTPLimits()) { server in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", Self.script, "127.0.0.1", String(server.port)]
            // Into a file, and no waiting: both would hold a thread of the concurrency runtime.
            let path = FileManager.default.temporaryDirectory.appending(path: "vectors-\(server.port).txt")
            try Data().write(to: path)
            defer { try? FileManager.default.removeItem(at: path) }
            process.standardOutput = try FileHandle(forWritingTo: path)
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in continuation.resume() }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            let text = try String(contentsOf: path, encoding: .utf8)
            let failures = text.split(separator: "\n").filter { $0.hasPrefix("BAD") }
            #expect(failures.isEmpty)
            #expect(text.contains(" 0 failed"), "\(text.suffix(500))")
            print(text.suffix(25))
        }
    }
}
