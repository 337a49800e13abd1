import Database
import Foundation
import TestSupport
import Testing

/// Payloads that are as large or as slow as GitHub's limits allow: they cost themselves, not their neighbours.
@Suite(.serialized) struct LargePayloadFaultTests {
    /// A queue, how much of it a worker may have in hand, and what the program may ever take.
    struct Size: Sendable {
        let count: Int
        let payload: Int
        let inHand: Int
        let kilobytes: Int
    }

    /// All that GitHub and our defaults allow, or as much less as a build for debugging gets through soon.
    private static let size =
        TestEnvironment.includesFaults
        ? Size(count: 24, payload: 26_210_000, inHand: 64 << 20, kilobytes: 400_000)
        : Size(count: 24, payload: 2_000_000, inHand: 4 << 20, kilobytes: 130_000)

    /// JSON of a field nobody reads.
    enum Filling: String, CaseIterable {
        case text
        /// Stored in a 200th of its size, and indexed in six times.
        case zeros

        /// As SQL.
        func sql(bytes: Int) -> String {
            switch self {
            case .text: "'\"' || repeat('a', \(bytes)) || '\"'"
            case .zeros: "'[' || repeat('0,', \(bytes / 2)) || '0]'"
            }
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: Filling.allCases)
    func `a queue of the largest payloads is worked off in little memory`(filling: Filling) async throws {
        let size = Self.size
        let count = size.count
        try await FaultBench.with { bench in
            for number in Int64(1)...Int64(count) {
                let payload = SampleIssue(number).event("opened")
                try await bench.connection.enqueueLarge(filling.sql(bytes: size.payload), payload)
            }
            let worker = try await bench.worker([
                "WORKER_CONCURRENCY": "4", "WORKER_BATCH": "64", "WORKER_LEASE": "60",
                "WORKER_BATCH_BYTES": "\(size.inHand)",
            ])
            let isDrained = try await eventually(within: .seconds(600)) { try await bench.connection.isDrained() }
            #expect(isDrained)
            let memory = try worker.program.memory
            print("\(size) (\(filling)): \(memory.peak / 1024) MB at most, \(memory.now / 1024) MB after")
            #expect(memory.peak < size.kilobytes)
            #expect(try await bench.connection.statusCounts() == [.completed: count])
            #expect(try await bench.connection.issueCount() == count)
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.enabled(if: TestEnvironment.includesFaults), .timeLimit(.minutes(15)))
    func `a queue of the longest bodies GitHub takes is worked off in little memory`() async throws {
        let count = 256
        let body = String(repeating: "<", count: 262_144)
        try await FaultBench.with { bench in
            for number in Int64(1)...Int64(count) {
                var issue = SampleIssue(number)
                issue.body = body
                var comment = SampleComment(number)
                comment.body = body
                let payload = String(decoding: issue.event("created", comment), as: UTF8.self)
                // As GitHub writes it: six bytes for one.
                let escaped = payload.replacing("<", with: #"\u003c"#)
                try await bench.enqueue([FaultLoad.Delivery(id: "\(number)", event: "issue_comment", body: escaped)])
            }
            let worker = try await bench.worker(["WORKER_CONCURRENCY": "4", "WORKER_BATCH": "64", "WORKER_LEASE": "60"])
            let isDrained = try await eventually(within: .seconds(600)) { try await bench.connection.isDrained() }
            #expect(isDrained)
            let memory = try worker.program.memory
            print("\(count) longest bodies: \(memory.peak / 1024) MB at most, \(memory.now / 1024) MB after")
            #expect(memory.peak < 400_000)
            #expect(try await bench.connection.statusCounts() == [.completed: count])
            #expect(try await worker.stop() == 0)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `bodies that are slow to render hold nobody up for long, and cost no retry`() async throws {
        try await FaultBench.with { bench in
            // Together they took longer than PostgreSQL lets a transaction idle.
            let length = TestEnvironment.includesFaults ? 65_536 : 16_384
            for number in Int64(1)...8 {
                var issue = SampleIssue(number)
                issue.body = String(repeating: "[a]\n", count: length)
                try await bench.enqueue([Self.delivery(issue)])
            }
            for number in Int64(9)...48 { try await bench.enqueue([Self.delivery(SampleIssue(number))]) }
            let worker = try await bench.worker(["WORKER_BATCH": "64", "WORKER_LEASE": "60"])
            let isDrained = try await eventually(within: .seconds(120)) { try await bench.connection.isDrained() }
            #expect(isDrained)
            #expect(try await bench.connection.statusCounts() == [.completed: 48])
            #expect(!worker.program.text.contains("the database is away"))
            #expect(!worker.program.text.contains("a batch failed"))
            #expect(try await worker.stop() == 0)
        }
    }

    private static func delivery(_ issue: SampleIssue) -> FaultLoad.Delivery {
        FaultLoad.Delivery(
            id: "\(issue.number)",
            event: "issues",
            body: String(decoding: issue.event("opened"), as: UTF8.self)
        )
    }
}

extension Connection {
    /// Stores a delivery with one more field, whose JSON the server makes.
    fileprivate func enqueueLarge(_ filling: String, _ payload: [UInt8]) throws {
        let text = String(decoding: payload.dropFirst(), as: UTF8.self)
        let insert = Query(
            unescapedTextOfOurOwn: """
                insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
                select
                    gen_random_uuid(), gen_random_uuid()::text, 'issues',
                    ('{"extra":' || \(filling) || ',' || rest)::json
                from pg_temp.rest
                """
        )
        try run([
            "create temporary table if not exists rest (rest text)", "truncate rest",
            "insert into rest values (\(text))",
        ])
        try run(insert, within: .seconds(60))
    }
}
