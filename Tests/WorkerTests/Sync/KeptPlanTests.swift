import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// PostgreSQL keeps the plans of a worker's statements, also those that it made for empty tables.
@Suite struct KeptPlanTests {
    @Test(.timeLimit(.minutes(10)))
    func `with the plans of empty tables a worker reads no more of full ones than its events name`() async throws {
        try await TestDatabase.with { database in
            let (observer, rocket) = (database.connection(), SampleRepository.rocket)
            _ = try await observer.connectRepository(rocket.id, rocket.fullName)
            try await observer.keepStatistics()
            var config = observer.config
            config.prefersIndexes = true
            let bench = SyncBench(database: database, connection: Connection(config))
            // Often enough for the plans to be kept.
            for number in Int64(1)...12 { try await Self.sync([Self.issue(number)], bench) }
            try await Self.sync((13...1_000).map(Self.issue), bench)

            let before = try await Self.rowsRead(by: bench, observer)
            var edited = Self.issue(500)
            edited.title = "Another title"
            edited.updatedAt = SampleIssue.time(60)
            (edited.labels, edited.assignees) = ([], [])
            try await bench.deliver(Self.issue(501).event("created", SampleComment(5_001)), .issueComment)
            try await Self.sync([edited, Self.issue(1_001)], bench, action: "edited")
            let after = try await Self.rowsRead(by: bench, observer)
            #expect(try await bench.issues().count == 1_001)
            let much = after.filter { $0.value - before[$0.key, default: 0] >= 100 }
            #expect(much.keys.sorted() == [], "\(much)")
        }
    }

    private static func issue(_ number: Int64) -> SampleIssue {
        var issue = SampleIssue(number)
        issue.labels = [SampleLabel(1, "bug")]
        issue.assignees = [.octocat]
        return issue
    }

    private static func sync(_ issues: [SampleIssue], _ bench: SyncBench, action: String = "opened") async throws {
        for issue in issues {
            try await bench.deliver(issue.event(action))
            let comment = issue.event("created", SampleComment(issue.number))
            if action == "opened" { try await bench.deliver(comment, .issueComment) }
        }
        try await bench.drain()
    }

    /// By table, of all sessions; those of the bench included, though it stays connected.
    private static func rowsRead(by bench: SyncBench, _ observer: Connection) async throws -> [String: Int] {
        try await bench.connection.execute("select pg_stat_force_next_flush()")
        return try await observer.rowsRead()
    }
}

extension Connection {
    /// Keeps the server from looking at the tables by itself, after which it would make other plans.
    fileprivate func keepStatistics() throws {
        let tables = try run(
            """
            select relnamespace::regnamespace::text as schema, relname as name from pg_class
            where relnamespace in ('public'::regnamespace, 'github_sync'::regnamespace) and relkind = 'r'
                and pg_has_role(relowner, 'usage')
            """
        )
        for table in tables {
            let (schema, name): (String, String) = (try table.get("schema"), try table.get("name"))
            try run("alter table \(identifier: schema, name) set (autovacuum_enabled = false)")
        }
    }

    fileprivate func rowsRead() throws -> [String: Int] {
        let rows = try run(
            """
            select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
            from pg_stat_user_tables where relname <> 'github_webhook_events'
            """
        )
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("relname"), try $0.get("rows")) })
    }
}
