import Database
import Foundation
import TestSupport
import Testing

/// The hostile deliveries of the payload corpus, sent by the script that comes with them.
enum HostileReplay {
    /// Connects the repositories the deliveries are about, beside acme-labs/rocket.
    ///
    /// Two deliveries show one issue id in two repositories, which GitHub never does; a project of its own for one of
    /// them keeps the project's external ids unique.
    static func connectRepositories(_ connection: Connection) async throws {
        _ = try await connection.connectRepository(700_100_201, "acme-labs/shuttle")
        _ = try await connection.connectRepository(999_999_999, "acme-labs/renamed")
        _ = try await connection.connectRepository(9_007_199_254_740_993, "acme-labs/large", to: .second)
    }

    /// Sends all of them and checks their answers.
    static func run(against ingest: IngestProgram) async throws {
        let script = try #require(TestEnvironment.payloadCorpus).appending(path: "hostile/replay.py")
        let (status, output) = try await run(script, port: ingest.port)
        let failures = output.split(separator: "\n").filter { !$0.hasPrefix("ok") }
        #expect(status == 0, "\(failures.joined(separator: "\n"))")
        #expect(output.contains("208 passed") || output.contains("210 passed"))
    }

    private static func run(_ script: URL, port: Int) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path, "http://127.0.0.1:\(port)\(IngestProgram.path)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try pipe.fileHandleForReading.readToEnd() ?? Data() })
            }
        }
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
