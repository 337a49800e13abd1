import Database
import Foundation
import TestSupport
import Testing

/// Deliveries from outside through the real programs: into Plane, and nothing left behind.
@Suite struct CorpusSyncTests {
    private static let needsCorpus = ConditionTrait.enabled(if: CorpusSample.isThere, CorpusSample.reason)

    /// Posts the samples, lets a worker finish them, and checks what must hold whatever they say.
    private static func sync(
        _ samples: [CorpusSample],
        _ body: @Sendable (Connection) async throws -> Void = { _ in }
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.connectRepositories(of: samples)
            let ingest = try await IngestProgram(database)
            for sample in samples {
                #expect(try await ingest.deliver(sample.body, event: sample.event).status == 202, "\(sample.name)")
            }
            // Only now, so that the order of events is that of the samples.
            let worker = try await WorkerProgram(database)
            #expect(try await eventually(within: .seconds(30)) { try await connection.isDrained() })
            let failures = try await connection.failures()
            #expect(failures == [])
            #expect(try await connection.statusCounts() == [.completed: samples.count])
            let broken = try await connection.brokenRules()
            #expect(broken == [])
            try await body(connection)
            #expect(try await worker.stop() == 0)
            #expect(try await ingest.stop() == 0)
        }
    }

    private static func taken(in folder: String) throws -> [CorpusSample] {
        let taken = try CorpusSample.samples(in: folder).filter(\.isTaken)
        #expect(taken.count > 40)
        return taken
    }

    @Test(needsCorpus, .timeLimit(.minutes(15)))
    func `real deliveries all end completed and Plane's rules hold`() async throws {
        try await Self.sync(Self.taken(in: "dev")) { connection in
            // One for each issue that is no pull request; the files retell some of them.
            let issues = try await connection.liveIssues()
            #expect(issues.count == 9)
        }
    }

    @Test(needsCorpus, .timeLimit(.minutes(15)))
    func `of all invented deliveries the deleted issue's leave nothing, the other issue stands`() async throws {
        try await Self.sync(Self.taken(in: "synthetic")) { connection in
            let issues = try await connection.liveIssues()
            #expect(issues.map(\.number) == [7])
            #expect(try await connection.liveCommentCount() == 0)
        }
    }

    @Test(needsCorpus, .timeLimit(.minutes(15)))
    func `without deletions the invented deliveries make two issues and a comment`() async throws {
        let deletions: Set = ["deleted.json", "transferred.json"]
        let kept = try Self.taken(in: "synthetic").filter { !deletions.contains($0.name) }
        try await Self.sync(kept) { connection in
            let issues = try await connection.liveIssues()
            #expect(issues.map(\.number) == [7, 42])
            #expect(issues.map(\.group) == ["backlog", "backlog"])
            #expect(try await connection.liveCommentCount() == 1)
        }
    }

    @Test(
        needsCorpus,
        .timeLimit(.minutes(15)),
        arguments: [
            ("closed_completed.json", "completed"), ("closed_null_reason.json", "completed"),
            ("closed_not_planned.json", "cancelled"), ("closed_duplicate.json", "cancelled"),
            ("reopened.json", "backlog"),
        ]
    )
    func `an invented closing puts the issue into the group of its reason`(name: String, group: String) async throws {
        let samples = try Self.taken(in: "synthetic").filter {
            $0.event == "issues" && ["opened_full.json", name].contains($0.name)
        }
        #expect(samples.count == 2)
        try await Self.sync(samples) { connection in
            let issues = try await connection.liveIssues()
            #expect(issues.map(\.group) == [group])
        }
    }

    @Test(needsCorpus, .timeLimit(.minutes(15)))
    func `a worker finishes every hostile delivery that was accepted`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await HostileReplay.connectRepositories(connection)
            let ingest = try await IngestProgram(database)
            let worker = try await WorkerProgram(database, ["WORKER_BACKOFF": "0.1"])
            try await HostileReplay.run(against: ingest)

            #expect(try await eventually(within: .seconds(60)) { try await connection.isDrained() })
            #expect(try await connection.statusCounts()[.completed] ?? 0 > 80)
            let failures = try await connection.failures()
            #expect(failures == [])
            #expect(try await connection.crashedEventCount() == 0)
            let broken = try await connection.brokenRules()
            #expect(broken == [])
            #expect(worker.program.isRunning)
            let peak = try worker.program.memory.peak
            print("the worker's peak over the hostile deliveries: \(peak) kB")
            #expect(peak < 300_000)
            #expect(try await worker.stop() == 0)
        }
    }
}

/// A live issue, by GitHub's number and the group of its state.
private struct LiveIssue: RowDecodable {
    let number: Int
    let group: String

    init(row: Row) throws {
        number = try row.get("number")
        group = try row.get("group")
    }
}

extension Connection {
    fileprivate func liveIssues() throws -> [LiveIssue] {
        try run(
            """
            select y.repo_issue_id as number, s."group"
            from public.issues as i
            inner join public.states as s on s.id = i.state_id
            inner join public.github_issue_syncs as y on y.issue_id = i.id and y.deleted_at is null
            where i.deleted_at is null
            order by 1
            """,
            as: LiveIssue.self
        )
    }

    fileprivate func liveCommentCount() throws -> Int {
        try run("select count(*) as n from public.issue_comments where deleted_at is null")[0].get("n")
    }

    fileprivate func crashedEventCount() throws -> Int {
        try run("select count(*) as n from github_sync.github_webhook_events where crash_count > 0")[0].get("n")
    }
}
