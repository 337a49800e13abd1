import Database
import Foundation
import TestSupport
import Testing

/// The figures of what was finished, on the page, as JSON and as a file.
@Suite struct DashboardAnalyticsTests {
    /// Two days of figures: 101 issues yesterday, 90 of them applied, 6 ignored and 4 failed; 10 labels the day before,
    /// all applied.
    private static func fill(_ connection: Connection) async throws {
        try await connection.change(
            """
            insert into github_sync.github_event_stats
            select date_trunc('day', now()) - make_interval(days => back), repository, type, outcome, bucket, 0, events
            from (
                values (1, 1296269, 'issues', 'applied', 20, 90), (1, 1296269, 'issues', 'ignored', 30, 6),
                    (1, 1296269, 'issues', 'failed', 1, 4), (2, 7, 'label', 'applied', 10, 10)
            ) as v (back, repository, type, outcome, bucket, events)
            """,
            """
            insert into github_sync.github_event_receipts
            select date_trunc('day', now()) - make_interval(days => back), repository, type, events
            from (values (1, 1296269, 'issues', 101), (2, 7, 'label', 10)) as v (back, repository, type, events)
            """
        )
    }

    @Test(.timeLimit(.minutes(15)))
    func `each range, each key and each filter count what they say`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await Self.fill(connection)
            _ = try await connection.connectRepository(1_296_269, "octocat/hello")
            let dashboard = try await DashboardProgram(database)
            func counts(_ query: String, _ list: String = "by_time") async throws -> [[Int]] {
                let rows = try await dashboard.json("/api/analytics?\(query)")[list] as? [[String: Any]] ?? []
                return rows.map { row in ["received", "completed", "ignored", "failed"].map { row[$0] as? Int ?? -1 } }
            }
            #expect(try await counts("range=7d") == [[10, 10, 0, 0], [101, 96, 6, 4]])
            #expect(try await counts("range=365d") == [[10, 10, 0, 0], [101, 96, 6, 4]])
            #expect(try await counts("range=30d", "by_type") == [[101, 96, 6, 4], [10, 10, 0, 0]])
            #expect(try await counts("range=30d&type=label", "by_repository") == [[10, 10, 0, 0]])
            #expect(try await counts("range=30d&repository=Octocat/Hello", "by_type") == [[101, 96, 6, 4]])
            let day = Date(timeIntervalSinceNow: -86_400).formatted(.iso8601.year().month().day())
            #expect(try await counts("from=\(day)&to=\(day)") == [[101, 96, 6, 4]])
            #expect(try await counts("from=\(day)T01:00:00Z") == [])
            let page = try await dashboard.get("/analytics?range=30d")
            for words in [
                "octocat/hello", "repository 7", "96.0 %", "96.4 %", "applied</span>", "aria-label=\"Latency;",
                "CSV by repository",
            ] {
                #expect(page.body.contains(words), "\(words)")
            }
            for (query, status) in [
                ("range=2h", 400), ("from=x", 400), ("type=push", 400), ("repository=no/body", 404), ("by=x", 200),
            ] {
                #expect(try await dashboard.get("/analytics?\(query)").status == status, "\(query)")
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the last hour is counted from the events, minute by minute`() async throws {
        try await TestDatabase.with { database in
            var seeds = [
                CommandsSeed(age: 30), CommandsSeed(age: 30), CommandsSeed(age: 600), CommandsSeed(age: 7_300),
            ]
            for index in seeds.indices { seeds[index].status = index == 1 ? .failed : .completed }
            seeds[2].result = #"{"outcome": "superseded", "projects": []}"#
            try await database.connection().insert(seeds)
            let dashboard = try await DashboardProgram(database)
            let figures = try await dashboard.json("/api/analytics?range=1h")
            let types = try #require(figures["by_type"] as? [[String: Any]])
            #expect(types.map { $0["key"] as? String } == ["issues"])
            #expect(types.first?["received"] as? Int == 3)
            #expect(types.first?["applied"] as? Int == 1)
            #expect(types.first?["superseded"] as? Int == 1)
            #expect(types.first?["failed"] as? Int == 1)
            #expect(types.first?["p99"] as? Double == 0.5)
            #expect((figures["by_time"] as? [Any])?.count == 2)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `however many look at once, the figures are added up for all of them together`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await Self.fill(connection)
            let dashboard = try await DashboardProgram(database)
            @Sendable func reads() async throws -> Int {
                try await connection.value(
                    """
                    select seq_scan + idx_scan as value from pg_stat_user_tables
                    where relname = 'github_event_stats'
                    """
                )
            }
            let before = try await reads()
            let statuses = try await withThrowingTaskGroup { group in
                for _ in 0..<40 {
                    group.addTask { try await dashboard.get("/analytics?range=30d").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 40))
            // A session tells of its reads when it has had nothing to do for a second.
            #expect(try await eventually(within: .seconds(20)) { try await reads() > before })
            try await Task.sleep(for: .seconds(2))
            #expect(try await reads() - before < 20)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the same figures come as a file, in which no name is a formula`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await Self.fill(connection)
            _ = try await connection.connectRepository(1_296_269, "octocat/hello")
            try await connection.change("update public.github_repositories set owner = '=cmd', name = 'a,\"b\"'")
            try await DashboardProgram.withUsers(database) { dashboard in
                for path in ["/analytics.csv", "/api/analytics.csv"] {
                    let file = try await dashboard.get("\(path)?range=30d&by=repository", as: "vera")
                    #expect(file.status == 200)
                    #expect(file.fields["content-type"]?.hasPrefix("text/csv") == true)
                    let name = try #require(file.fields["content-disposition"])
                    #expect(name.hasPrefix("attachment; filename=\"events-by-repository-20"))
                    #expect(file.fields["cache-control"] == "no-store")
                    let lines = file.body.components(separatedBy: "\r\n")
                    let counts = "received,completed,applied,superseded,ignored,failed"
                    #expect(lines[0] == "repository,\(counts),success_rate,p50,p95,p99")
                    #expect(lines[1].hasPrefix("\"'=cmd/a,\"\"b\"\"\",101,96,90,0,6,4,0.96,"))
                    #expect(lines[2].hasPrefix("7,10,10,10,0,0,0,1.0,"))
                    #expect(lines.count == 4)
                }
                #expect(try await dashboard.get("/analytics.csv").status == 401)
                #expect(try await dashboard.get("/analytics.csv?by=hour", as: "vera").status == 400)
                #expect(try await dashboard.get("/analytics.csv?by=type&from=x", as: "vera").status == 400)
            }
        }
    }
}
