import Database
import TestSupport
import Testing

/// Deliveries from outside: real ones, invented ones, hostile ones.
@Suite struct IngestCorpusTests {
    @Test(.enabled(if: CorpusSample.isThere, CorpusSample.reason), .timeLimit(.minutes(15)))
    func `real and invented deliveries are ignored, not connected, or stored once their repository is`() async throws {
        let samples = try CorpusSample.samples(in: "dev") + CorpusSample.samples(in: "synthetic")
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
            try await connection.connectRepositories(of: taken)
            // Each may be remembered as not connected for a moment.
            for sample in Dictionary(grouping: taken, by: { $0.repository?.id }).values.compactMap(\.first) {
                let isSeen = try await eventually {
                    try await ingest.deliver(sample.body, event: sample.event).status == 202
                }
                #expect(isSeen, "\(sample.name)")
            }
            try await connection.execute("delete from github_sync.github_webhook_events")
            for sample in taken {
                #expect(try await ingest.deliver(sample.body, event: sample.event).status == 202, "\(sample.name)")
            }
            #expect(try await connection.storedEvents().map(\.payload) == taken.map(\.body))
        }
    }

    @Test(.enabled(if: CorpusSample.isThere, CorpusSample.reason), .timeLimit(.minutes(15)))
    func `hostile deliveries get their answers while an honest sender gets his`() async throws {
        try await IngestProgram.with { ingest, database in
            try await HostileReplay.connectRepositories(database)

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
            try await HostileReplay.run(against: ingest)
            honest.cancel()
            let sent = try await honest.value
            #expect(sent > 50)
            let stored = Set(try await database.storedEvents().map(\.deliveryID))
            #expect((0..<sent).allSatisfy { stored.contains("honest-\($0)") })
            let page = try await ingest.metrics()
            let unavailable = page.split(separator: "\n").filter {
                $0.contains("unavailable\"} ") && !$0.hasSuffix(" 0")
            }
            #expect(unavailable.isEmpty)
            #expect(page.firstRange(of: "plane_ingest_answers_total{code=\"500\"}") == nil)
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") == 0 })
            #expect(try ingest.program.memory.peak < 150_000)
            #expect(ingest.program.isRunning)
        }
    }
}
