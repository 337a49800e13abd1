import Database
import Foundation
import TestSupport
import Testing

/// What the overview says of the state of the whole.
@Suite struct DashboardOverviewTests {
    /// What `doctor` finds by the database alone.
    private static let checks: Set = [
        "server", "schema", "plane", "connections", "bots", "ingest", "outbound", "clock", "workers",
        "queue",
        "failures", "vacuum", "prune",
    ]

    private static func findings(_ list: Any?) -> Set<[String]> {
        Set(
            (list as? [[String: Any]] ?? []).map { finding in
                ["check", "verdict", "text", "advice"].map { finding[$0] as? String ?? "" }
            }
        )
    }

    @Test(.timeLimit(.minutes(15)))
    func `what doctor finds stands on the page with what helps`() async throws {
        try await TestDatabase.with { database in
            // Old enough that its age is the same for a while.
            var seed = CommandsSeed(age: 9_000)
            seed.status = .failed
            seed.error = "a <b>state</b> is missing"
            try await database.connection().insert(seed)
            _ = try await database.connection().connectRepository(1_296_269, "octocat/hello")
            try await database.connection().change(
                "update public.users set is_active = false where is_bot"
            )
            let dashboard = try await DashboardProgram(database, as: .admin)
            let shown = Self.findings(try await dashboard.json("/api/")["checks"])
            let said = Self.findings(
                try await CommandsRun.worker(["doctor", "--json"], on: database).json["checks"]
            )
            // How many connections are open differs from moment to moment.
            let expected = said.filter { Self.checks.contains($0[0]) && $0[0] != "server" }
            #expect(shown.filter { $0[0] != "server" } == expected)
            #expect(shown.contains { $0[0] == "server" })
            let page = try await dashboard.get("/").body
            for words in [
                "the user that acts for octocat/hello in GH is not active",
                "run plane-worker connect for them again, which changes nothing else",
                "failed events: 1, most often: a &lt;b&gt;state&lt;/b&gt; is missing", "no worker runs",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(!page.contains("no old snapshot holds vacuum back"))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a role that may not look at something still sees the rest`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().insert(CommandsSeed())
            let dashboard = try await DashboardProgram(database, as: .monitor)
            let page = try await dashboard.get("/").body
            #expect(page.contains("no worker runs"))
            #expect(page.contains("not made: connections, bots"))
            #expect(page.contains("1 event waits"))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `latency has three percentiles, the same as status`() async throws {
        try await TestDatabase.with { database in
            var seeds = (0..<3).map { CommandsSeed(age: Double($0)) }
            for index in seeds.indices { seeds[index].status = .completed }
            try await database.connection().insert(seeds)
            let dashboard = try await DashboardProgram(database)
            let latency = try await dashboard.json("/api/")["latency"] as? [String: Double]
            let said = try await CommandsRun.worker(["status", "--json"], on: database).json["latency"]
            #expect(latency == said as? [String: Double])
            #expect(latency?["complete_p95"] == 0.5)
            #expect(try await dashboard.get("/").body.contains(">p95<"))
        }
    }
}
