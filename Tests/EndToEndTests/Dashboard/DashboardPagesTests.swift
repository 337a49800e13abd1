import Base
import Database
import Foundation
import TestSupport
import Testing

/// What the pages show.
@Suite struct DashboardPagesTests {
    private static let hostile = #"<script>alert("x")</script>'&\#u{202E}gnp.exe"#

    @Test(.timeLimit(.minutes(15)))
    func `an empty system says so on each page, and what to do next`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            for (path, words) in [
                ("/", "Nothing waits; no worker runs; nothing failed in the last hour."),
                ("/events", "Nothing was received yet"), ("/failures", "Nothing failed"),
                ("/issues", "What happened to an issue?"), ("/analytics", "Nothing was finished in this time"),
                ("/jobs", "No job was asked for"),
                ("/outbound", "Nothing was ever sent"),
            ] {
                let page = try await dashboard.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.body.contains(words), "\(path)")
                #expect(page.body.contains("aria-current=\"page\""), "\(path)")
            }
            #expect(try await dashboard.get("/nothing").status == 404)
            #expect(try await dashboard.get("/events/\(UUID())").status == 404)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `what strangers wrote shows as text`() async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed()
            seed.status = .failed
            seed.error = Self.hostile
            seed.action = Self.hostile
            seed.repository = Self.hostile
            seed.delivery = "\"><img src=x onerror=alert(1)>"
            seed.payload = #"{"title":"<script>alert(1)</script>"}"#
            var done = CommandsSeed()
            done.status = .completed
            done.result = """
                {"outcome": "applied", "projects": [{"project": "<b>", "issue": "<i>", "changes": ["label <u> added"],
                "did": []}], "unmapped": [{"id": 1, "login": "<s>"}]}
                """
            try await database.connection().insert(seed, done)
            try await DashboardProgram.withUsers(database) { dashboard in
                for path in ["/", "/events", "/failures", "/events/\(seed.id)", "/events/\(done.id)"] {
                    let page = try await dashboard.get(path, as: "ada")
                    #expect(page.status == 200)
                    for markup in ["<script>alert", "<img", "<b>", "<i>", "<u>", "<s>", "\u{202E}"] {
                        #expect(!page.body.contains(markup), "\(path): \(markup)")
                    }
                }
                let page = try await dashboard.get("/events/\(seed.id)", as: "ada")
                #expect(page.body.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;\\u202egnp.exe"))
                #expect(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the body of a delivery is shown from the role on that the settings name`() async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed()
            seed.payload = #"{"id":9007199254740993,"text":"secret plan"}"#
            try await database.connection().insert(seed)
            for (setting, sees) in [("operator", ["oscar", "ada"]), ("admin", ["ada"]), ("nobody", [])] {
                try await DashboardProgram.withUsers(database, ["DASHBOARD_PAYLOADS": setting]) { dashboard in
                    for name in ["vera", "oscar", "ada"] {
                        let page = try await dashboard.get("/events/\(seed.id)", as: name)
                        #expect(page.body.contains("secret plan") == sees.contains(name), "\(setting) \(name)")
                        // The text as it was stored: no number has lost digits.
                        #expect(page.body.contains("9007199254740993") == sees.contains(name))
                    }
                    #expect(!dashboard.program.text.contains("secret plan"))
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `an event's page tells of each attempt, with its worker and its error`() async throws {
        try await TestDatabase.with { database in
            let seed = CommandsSeed()
            try await database.connection().insert(seed)
            try await database.connection().change(
                """
                update github_sync.github_webhook_events set attempts = github_sync.with_attempt(
                    github_sync.with_attempt(null, 'first-worker', now(), 'lost', 'the lease ran out'),
                    'second-worker', now(), 'retry', 'a <b>deadlock</b>'
                )
                """
            )
            let body = try await DashboardProgram(database).get("/events/\(seed.id)").body
            let lost = try #require(body.range(of: "Lost with its worker, worker first-worker"))
            let failed = try #require(body.range(of: "Failed, worker second-worker"))
            #expect(lost.lowerBound < failed.lowerBound)
            #expect(body.contains("the lease ran out") && body.contains("a &lt;b&gt;deadlock&lt;/b&gt;"))
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `pages follow each other by key, and filters are in the address`() async throws {
        try await TestDatabase.with { database in
            var seeds = (0..<120).map { number in
                var seed = CommandsSeed(age: Double(1000 - number))
                seed.delivery = "delivery-\(number)"
                return seed
            }
            seeds[7].type = .label
            try await database.connection().insert(seeds)
            let dashboard = try await DashboardProgram(database)
            var seen: [String] = []
            var path = "/api/events"
            for expected in [50, 50, 20] {
                let page = try await dashboard.json(path)
                let events = page["events"] as? [[String: Any]] ?? []
                #expect(events.count == expected)
                seen += events.compactMap { $0["delivery_id"] as? String }
                path = "/api/events?before=\(page["next"] as? String ?? "")"
            }
            #expect(seen == (0..<120).reversed().map { "delivery-\($0)" })
            let labels = try await dashboard.json("/api/events?type=label")["events"] as? [[String: Any]]
            #expect(labels?.count == 1)
            #expect(try await dashboard.get("/events").body.contains("120 events received"))
            #expect(try await dashboard.get("/events?type=label").body.contains("1 event found"))
            #expect(try await dashboard.get("/events?status=nope").status == 400)
            #expect(try await dashboard.get("/events?q=%3Cscript%3E").status == 400)
            let found = try await dashboard.json("/api/events?q=\(seeds[3].id)")["events"] as? [[String: Any]]
            #expect(found?.first?["delivery_id"] as? String == "delivery-3")
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the figures are those of the command line`() async throws {
        try await TestDatabase.with { database in
            var failed = CommandsSeed(age: 100)
            failed.status = .failed
            failed.error = "deadlock detected"
            var done = CommandsSeed(age: 50)
            done.status = .completed
            done.result = #"{"outcome": "applied", "projects": []}"#
            try await database.connection().insert([failed, done, CommandsSeed(age: 3)])
            let dashboard = try await DashboardProgram(database)
            let page = try await dashboard.json("/api/")
            let status = try await CommandsRun.worker(["status", "--json"], on: database).json
            for key in ["throughput", "latency", "workers", "fleet", "failures", "outbound"] {
                let (shown, said) = (page[key] as? NSObject, status[key] as? NSObject)
                #expect(shown == said, "\(key)")
            }
            let queue = page["queue"] as? [String: Any]
            let said = status["queue"] as? [String: Any]
            for key in ["pending_due", "pending_later", "processing", "failed", "completed_last_hour"] {
                #expect(queue?[key] as? Int == said?[key] as? Int, "\(key)")
            }
            let lines = try await CommandsRun.worker(["events", "--json"], on: database).lines
            let events = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSObject }
            let listed = try await dashboard.json("/api/events")["events"] as? [NSObject]
            #expect(listed == events.compactMap(\.self))
            let shown = try await CommandsRun.worker(["show", "\(failed.id)", "--json"], on: database).json
            #expect(try await dashboard.json("/api/events/\(failed.id)") as NSObject == shown as NSObject)
            let groups = try await dashboard.json("/api/failures")["failures"] as? [[String: Any]]
            #expect(groups?.first?["error"] as? String == "deadlock detected")
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `failed events that match are replayed after a question with their number`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let seeds = (0..<7).map { number in
                var seed = CommandsSeed()
                seed.status = .failed
                seed.error = number < 5 ? "deadlock detected" : "something else"
                return seed
            }
            try await connection.insert(seeds)
            try await DashboardProgram.withUsers(database) { dashboard in
                let failures = try await dashboard.get("/failures", as: "oscar")
                #expect(failures.body.contains("5 events"))
                #expect(!(try await dashboard.get("/failures", as: "vera").body.contains("Replay")))
                let query = "status=failed&error=deadlock"
                let question = try await dashboard.get("/events/replay?\(query)", as: "oscar")
                #expect(question.body.contains("Replay 5 failed events?"))
                let done = try await dashboard.post("/events/replay", "\(query)&all=yes", as: "oscar")
                #expect(done.fields["location"]?.contains("replayed=5") == true)
                #expect(try await connection.count(.pending) == 5)
                #expect(try await connection.count(.failed) == 2)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the log of an issue is that of the command line, and a name of nothing is said`() async throws {
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
            let dashboard = try await DashboardProgram(database)
            let page = try await dashboard.get("/issues/\(rocket.fullName)/1")
            #expect(page.status == 200)
            #expect(page.body.contains("shown in Plane now"))
            let said = try await CommandsRun.worker(["log", "\(rocket.fullName)#1", "--json"], on: database).json
            #expect(try await dashboard.json("/api/issues/\(rocket.fullName)/1") as NSObject == said as NSObject)
            #expect(try await dashboard.get("/issues?q=%231").body.contains("shown in Plane now"))
            let list = try await dashboard.json("/api/events?q=\(rocket.fullName)%231")["events"] as? [NSObject]
            #expect(list?.count == 1)
            for path in ["/issues/GH-999", "/issues/nothing", "/issues?q=%3Cb%3E", "/events?q=GH-999"] {
                let missing = try await dashboard.get(path)
                #expect(missing.status == 404, "\(path)")
                #expect(!missing.body.contains("<b>"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the link that an issue gets in Plane leads to its page`() async throws {
        try await CommandsIssueScene.with { scene in
            let dashboard = try await DashboardProgram(scene.database, ["DASHBOARD_PREFIX": "/sync"])
            let address = "http://127.0.0.1:\(dashboard.port)/sync"
            let configured = try await scene.run("configure", "--repository", "acme/rocket", "--issue-link", address)
            #expect(configured.output.contains("link to the dashboard: none (default) → \(address)"))
            try await scene.process(
                CommandsIssueScene.opened(),
                CommandsIssueScene.opened(in: CommandsIssueScene.shuttle)
            )
            let links: [String] = try await scene.connection.values(
                "select url as value from public.issue_links where title = 'What happened to this issue'"
            )
            #expect(links == ["\(address)/issues/acme/rocket/1"])
            let page = try await dashboard.get("/sync/issues/acme/rocket/1")
            #expect(page.status == 200)
            #expect(page.body.contains("shown in Plane now"))
            let off = try await scene.run("configure", "--repository", "acme/rocket", "--issue-link", "off")
            #expect(off.output.contains("link to the dashboard: \(address) → none (default)"))
            let history = try await scene.run("show-config", "--repository", "acme/rocket", "--history")
            #expect(history.lines.count { $0.contains("link to the dashboard: ") } == 2)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `everything works behind a path prefix`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database, ["DASHBOARD_PREFIX": "/sync/"])
            let page = try await dashboard.get("/sync/")
            #expect(page.status == 200)
            #expect(try await dashboard.get("/sync").status == 200)
            #expect(try await dashboard.get("/").status == 404)
            #expect(try await dashboard.get("/syncevents").status == 404)
            for match in page.body.matches(of: /(?:href|src|data-live)="(\/[^"]*)"/) {
                #expect(match.output.1.hasPrefix("/sync/"), "\(match.output.1)")
            }
        }
    }
}
