import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

/// Deliveries from outside: real ones, invented ones, hostile ones.
@Suite struct IngestCorpusTests {
    private static let isThere = TestEnvironment.payloadCorpus != nil
    private static let reason: Comment = "needs the payload corpus: set PAYLOAD_CORPUS to its folder"

    private struct Sample: Sendable {
        let name: String
        let event: String
        let body: String
        let repository: (id: Int64, name: String)?

        var isTaken: Bool { EventType(rawValue: event) != nil }
    }

    @Test(.enabled(if: isThere, reason), .timeLimit(.minutes(1)))
    func `real and invented deliveries are ignored, not connected, or stored once their repository is`() async throws {
        let samples = try Self.samples(in: "dev") + Self.samples(in: "synthetic")
        #expect(samples.count > 200)
        try await TestDatabase.with { database in
            let ingest = try await IngestProgram(database)
            for sample in samples {
                let status = try await ingest.deliver(sample.body, event: sample.event).status
                #expect(status == (sample.isTaken ? 404 : 200), "\(sample.name)")
            }
            let connection = database.connection()
            #expect(try await connection.storedEvents().isEmpty)

            let taken = samples.filter(\.isTaken)
            for (id, name) in Dictionary(taken.compactMap(\.repository), uniquingKeysWith: { first, _ in first }) {
                _ = try await connection.connectRepository(id, name)
            }
            let isSeen = try await eventually {
                try await ingest.deliver(taken[0].body, event: taken[0].event).status == 202
            }
            #expect(isSeen)
            try await connection.execute("delete from github_sync.github_webhook_events")
            for sample in taken {
                #expect(try await ingest.deliver(sample.body, event: sample.event).status == 202, "\(sample.name)")
            }
            #expect(try await connection.storedEvents().map(\.payload) == taken.map(\.body))
        }
    }

    private static func samples(in folder: String) throws -> [Sample] {
        guard let root = TestEnvironment.payloadCorpus?.appending(path: folder) else { return [] }
        let files =
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map { file in
            let data = try Data(contentsOf: file)
            let repository = (try? JSONDecoder().decode(Repository.self, from: data))?.repository
            return Sample(
                name: file.lastPathComponent,
                event: file.deletingLastPathComponent().lastPathComponent,
                body: String(decoding: data, as: UTF8.self),
                repository: repository.map { ($0.id, $0.fullName) }
            )
        }
    }

    private struct Repository: Decodable {
        let repository: GitHubRepository
    }

    @Test(.enabled(if: isThere, reason), .timeLimit(.minutes(2)))
    func `hostile deliveries get their answers while an honest sender gets his`() async throws {
        let script = try #require(TestEnvironment.payloadCorpus).appending(path: "hostile/replay.py")
        try await IngestProgram.with { ingest, database in
            let others = [
                (700_100_201, "acme-labs/shuttle"), (9_007_199_254_740_993, "acme-labs/large"),
                (999_999_999, "acme-labs/renamed"),
            ]
            for (id, name) in others { _ = try await database.connectRepository(Int64(id), name) }

            let honest = Task {
                var count = 0
                while !Task.isCancelled {
                    let response = try await ingest.deliver(SampleDelivery().issue, id: "honest-\(count)")
                    #expect(response.status == 202)
                    count += 1
                    try? await Task.sleep(for: .milliseconds(20))
                }
                return count
            }
            let (status, output) = try await Self.run(script, port: ingest.port)
            honest.cancel()
            let sent = try await honest.value
            let failures = output.split(separator: "\n").filter { !$0.hasPrefix("ok") }
            #expect(status == 0, "\(failures.joined(separator: "\n"))")
            #expect(output.contains("208 passed") || output.contains("210 passed"))
            #expect(sent > 50)
            let stored = Set(try await database.storedEvents().map(\.deliveryID))
            #expect((0..<sent).allSatisfy { stored.contains("honest-\($0)") })
            let page = try await TestHTTP(port: ingest.port).send("GET", "/metrics").body
            let unavailable = page.split(separator: "\n").filter {
                $0.contains("unavailable\"} ") && !$0.hasSuffix(" 0")
            }
            #expect(unavailable.isEmpty)
            #expect(page.firstRange(of: "plane_ingest_answers_total{code=\"500\"}") == nil)
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") == 0 })
            #expect(try ingest.memory.peak < 150_000)
            #expect(ingest.program.isRunning)
        }
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
