import Database
import Foundation
import TestSupport
import Testing

/// How lists of events are narrowed, and where events and issues link to.
@Suite struct DashboardEventsTests {
    @Test(.timeLimit(.minutes(15)))
    func `a project and an end narrow the list, as they do for the command line`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1_296_269, "octocat/hello")
            _ = try await connection.connectRepository(7, "octocat/other", to: .second)
            var seeds = [CommandsSeed(age: 3 * 86_400), CommandsSeed(age: 60), CommandsSeed(age: 30)]
            seeds[2].repository = "octocat/other"
            try await connection.insert(seeds)
            try await connection.change(
                """
                update github_sync.github_webhook_events set repository_id = 7
                where repository_name = 'octocat/other'
                """
            )
            let dashboard = try await DashboardProgram(database)
            let ids = seeds.map { $0.id.uuidString.lowercased() }
            func found(_ query: String) async throws -> [String] {
                let list =
                    try await dashboard.json("/api/events?\(query)")["events"] as? [[String: Any]] ?? []
                return list.compactMap { $0["id"] as? String }
            }
            #expect(try await found("project=GH") == [ids[1], ids[0]])
            #expect(try await found("project=demo/sec") == [ids[2]])
            let day = Date(timeIntervalSinceNow: -86_400).formatted(.iso8601.year().month().day())
            #expect(try await found("until=\(day)") == [ids[0]])
            #expect(try await found("since=\(day)&project=gh") == [ids[1]])
            #expect(try await found("since=\(day)T00:00:00Z&until=2999-01-01") == [ids[2], ids[1]])
            #expect(try await dashboard.get("/events?project=NONE").status == 404)
            for query in ["until=tomorrow", "since=2d"] {
                let answer = try await dashboard.get("/events?\(query)")
                #expect(answer.status == 400)
                #expect(answer.body.contains("expected"))
            }
            let page = try await dashboard.get(
                "/events?since=\(day)T00:00:00Z&until=2999-01-01&project=GH"
            ).body
            #expect(
                page.contains("<option value=\"\(day)T00:00:00Z\" selected>since \(day)T00:00:00Z</option>")
            )
            #expect(page.contains("name=\"until\" type=\"date\" value=\"2999-01-01\""))
            let said = try await CommandsRun.worker(
                ["events", "--project", "SEC", "--json"],
                on: database
            )
            #expect(said.lines.count == 1 && said.output.contains(ids[2]))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `events and issues link to GitHub, and to Plane where it is known`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            var seed = CommandsSeed()
            seed.repository = rocket.fullName
            seed.payload = String(decoding: SampleIssue(1).event("opened"), as: UTF8.self)
            try await connection.insert(seed)
            try await connection.change(
                "update github_sync.github_webhook_events set repository_id = \(rocket.id), subject_number = 1"
            )
            let worker = try await WorkerProgram(database)
            #expect(try await eventually { try await connection.isDrained() })
            #expect(try await worker.stop() == 0)
            let name: String = try await connection.value(
                """
                select p.identifier || '-' || i.sequence_id as value
                from github_sync.github_issue_versions as v
                join public.issues as i on i.id = v.issue_id join public.projects as p on p.id = i.project_id
                """
            )
            let pages = ["/events/\(seed.id)", "/issues/\(rocket.fullName)/1"]
            let linked = try await DashboardProgram(
                database,
                as: .viewer,
                ["PLANE_WEB_URL": "https://plane.example.com/"]
            )
            for path in pages {
                let page = try await linked.get(path).body
                #expect(page.contains("href=\"https://github.com/\(rocket.fullName)/issues/1\""), "\(path)")
                #expect(page.contains("href=\"https://plane.example.com/demo/browse/\(name)/\""), "\(path)")
            }
            let plain = try await DashboardProgram(database)
            for path in pages {
                #expect(!(try await plain.get(path).body.contains("/browse/")), "\(path)")
            }
        }
    }
}
