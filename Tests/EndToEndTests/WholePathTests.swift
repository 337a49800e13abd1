import Base
import Database
import Foundation
import TestSupport
import Testing

/// From signed delivery to Plane's tables, through the real programs.
@Suite struct WholePathTests {
    @Test(.timeLimit(.minutes(15)))
    func `two ingest nodes and two workers sync each delivery once`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            let nodes = [try await IngestProgram(database), try await IngestProgram(database)]
            let workers = [try await WorkerProgram(database), try await WorkerProgram(database)]

            // Every delivery goes to both nodes, as it does when GitHub delivers again after a time-out.
            try await withThrowingTaskGroup { group in
                for node in nodes {
                    for sender in 0..<3 {
                        group.addTask {
                            for number in stride(from: Int64(sender), to: 90, by: 3) {
                                try await Self.deliver(number + 1, to: node)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await eventually(within: .seconds(60)) { try await connection.isDrained() })

            #expect(try await connection.statusCounts() == [.completed: 180])
            #expect(try await connection.numbers() == Array(1...90))
            #expect(try await connection.commentCount() == 90)
            #expect(try await connection.brokenRules() == [])
            for worker in workers { #expect(try await worker.stop() == 0) }
            for node in nodes { #expect(try await node.stop() == 0) }
        }
    }

    private static func deliver(_ number: Int64, to node: IngestProgram) async throws {
        let issue = SampleIssue(number)
        let opened = try await node.deliver(
            String(decoding: issue.event("opened"), as: UTF8.self),
            id: "opened-\(number)"
        )
        let commented = try await node.deliver(
            String(decoding: issue.event("created", SampleComment(number)), as: UTF8.self),
            event: "issue_comment",
            id: "commented-\(number)"
        )
        #expect(opened.status == 202)
        #expect(commented.status == 202)
    }

    @Test func `a worker stops at SIGTERM, gives nothing up and holds nothing`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            for number in Int64(1)...300 { try await connection.insertEvent(SampleIssue(number).event("opened")) }
            let worker = try await WorkerProgram(database, ["WORKER_BATCH": "5"])
            #expect(try await eventually { try await connection.issueCount() > 20 })
            #expect(try await worker.stop() == 0)

            let counts = try await connection.statusCounts()
            #expect(counts[.processing] == nil)
            #expect(counts[.failed] == nil)
            #expect(try await connection.issueCount() == counts[.completed] ?? 0)
            let again = try await WorkerProgram(database)
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await connection.numbers() == Array(1...300))
            #expect(try await again.stop() == 0)
        }
    }

    @Test func `a worker refuses a database that is behind`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().execute(
                "delete from github_sync.schema_migrations where name = '0004_views'"
            )
            let worker = try await WorkerProgram(database, ready: false)
            #expect(try await worker.program.wait() == 1)
            #expect(worker.program.text.contains("run plane-worker migrate"))
        }
    }
}

extension Connection {
    fileprivate func insertEvent(_ payload: [UInt8]) throws {
        let id = UUID()
        try run(
            """
            insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
            values (\(id), \(id.text), 'issues', \(JSONText(payload)))
            """
        )
    }

    func numbers() throws -> [Int] {
        try run("select sequence_id from public.issues where deleted_at is null order by 1").map {
            try $0.get("sequence_id")
        }
    }

    func commentCount() throws -> Int {
        try run("select count(*) as n from public.issue_comments where deleted_at is null")[0].get("n")
    }
}
