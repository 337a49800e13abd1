import Base
import Database
import Foundation
import TestSupport
import Testing

/// What `doctor` finds on GitHub.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommandsDoctorGitHubTests {
    /// The lines about GitHub, each a verdict and what was found.
    private static func doctor(
        _ hooks: FakeHooks,
        token: String = FakeHooks.token,
        before: @Sendable (Connection) async throws -> Void = { _ in }
    ) async throws -> [String] {
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(1_296_269, "octocat/hello")
                try await before(connection)
                let run = try await CommandsRun.worker(
                    ["doctor", "--json"],
                    on: database,
                    environment: FakeHooks.environment(server, token: token)
                )
                #expect(!run.output.contains(token) && !run.output.contains(FakeHooks.secret))
                let checks = try run.json["checks"] as? [[String: Any]] ?? []
                return checks.filter { $0["check"] as? String == "github" }.map { check in
                    "\(check["verdict"] as? String ?? ""): \(check["text"] as? String ?? "")"
                }
            }
        }
    }

    private static func hooks(_ change: (inout FakeHooks.State) -> Void) -> FakeHooks {
        FakeHooks { state in
            let events = ["issues", "issue_comment", "pull_request", "label", "repository"]
            var hook = FakeHooks.Hook(id: 1, url: FakeHooks.url, secret: "", events: events)
            hook.deliveries = [200, 202]
            state.hooks = [hook, FakeHooks.Hook(id: 2, url: "https://ci.example.com", secret: "", events: ["push"])]
            change(&state)
        }
    }

    @Test func `where all is well nothing needs attention`() async throws {
        let found = try await Self.doctor(Self.hooks { _ in })
        #expect(
            found == [
                "ok: GitHub knows us as machine", "ok: on octocat/hello we have admin, push, pull",
                "ok: webhook 1 of octocat/hello is active, and none of its last 2 deliveries failed",
            ]
        )
    }

    @Test func `a token that is refused is found, and ends the check`() async throws {
        let found = try await Self.doctor(Self.hooks { _ in }, token: "ghp_refused")
        #expect(found.first == "failed: GitHub refuses our token or key")
        #expect(!found.contains { $0.contains("octocat/hello") })
    }

    /// What may be wrong on GitHub, and how the finding begins.
    struct Fault: Sendable {
        let finding: String
        let change: @Sendable (inout FakeHooks.State) -> Void

        init(_ finding: String, _ change: @escaping @Sendable (inout FakeHooks.State) -> Void) {
            self.finding = finding
            self.change = change
        }
    }

    @Test(arguments: [
        Fault("failed: on octocat/hello we lack pull") { $0.permissions = ["pull": false] },
        Fault("not_checked: the webhooks of octocat/hello are not shown to us") { $0.refusal = 403 },
        Fault("failed: octocat/hello is another repository on GitHub now: 7") {
            $0.repository = SampleRepository(id: 7, fullName: "octocat/hello")
        },
        Fault("failed: GitHub shows us no repository octocat/hello") { $0.repository.fullName = "a/b" },
        Fault("warning: octocat/hello is called octocat/new on GitHub") {
            $0.repository.fullName = "octocat/new"
            $0.oldName = "octocat/hello"
        },
        Fault("warning: no webhook of octocat/hello leads to plane-ingest") { $0.hooks.removeFirst() },
        Fault("failed: webhook 1 of octocat/hello is turned off") { $0.hooks[0].isActive = false },
        Fault("warning: webhook 1 of octocat/hello does not send: issue_comment, ") {
            $0.hooks[0].events = ["issues"]
        },
        Fault("warning: of the last 4 deliveries of webhook 1 of octocat/hello, 3 failed: 502 (2), no answer (1)") {
            $0.hooks[0].deliveries = [200, 502, 0, 502]
        },
        Fault("failed: of the last 2 deliveries of webhook 1 of octocat/hello, 1 failed: 401 (1); the newest too") {
            $0.hooks[0].deliveries = [401, 200]
        },
    ])
    func `what is wrong on GitHub is found`(_ fault: Fault) async throws {
        let found = try await Self.doctor(Self.hooks(fault.change))
        #expect(found.contains { $0.hasPrefix(fault.finding) }, "\(found)")
    }

    /// Sweeps bring the changes of the repository; or they do not, for this reason.
    private static func sweeps(_ connection: Connection, obstacle: String = "") async throws {
        try await connection.execute(
            """
            insert into github_sync.github_sync_jobs (
                id, kind, repeats, repository_id, repository_name, error_message
            )
            values (gen_random_uuid(), 'sweep', true, 1296269, 'octocat/hello', \(obstacle))
            """
        )
    }

    @Test func `a webhook is not missed where sweeps work and none was set up`() async throws {
        let without = Self.hooks { $0.hooks.removeFirst() }
        let missed = "warning: no webhook of octocat/hello leads to plane-ingest"
        let polled = try await Self.doctor(without) { try await Self.sweeps($0) }
        #expect(polled.last == "ok: no webhook of octocat/hello leads to plane-ingest, but sweeps work", "\(polled)")
        let unreadable = try await Self.doctor(without) { try await Self.sweeps($0, obstacle: "GitHub refuses") }
        #expect(unreadable.contains(missed), "\(unreadable)")

        for (action, isMissed) in [("read", false), ("vanished", false), ("opened", true)] {
            let found = try await Self.doctor(without) { connection in
                try await Self.sweeps(connection)
                var event = CommandsSeed()
                event.action = action
                try await connection.insert(event)
            }
            #expect(found.contains(missed) == isMissed, "\(action): \(found)")
        }
    }

    @Test func `what is left of GitHub's limits is told`() async throws {
        let found = try await Self.doctor(Self.hooks { _ in }) { connection in
            try await connection.change(
                "insert into github_sync.github_principals (principal) values ('user:1'), ('user:2')",
                "update github_sync.github_principals set blocked_until = now() + interval '1 hour'",
                """
                insert into github_sync.github_budget (principal, resource, rl_limit, remaining, reset_at, rolls_at)
                select
                    principal, 'core', 5000, case when principal = 'user:1' then 4000 else 3 end, now(),
                    now() + interval '1 hour'
                from github_sync.github_principals
                """,
                "update github_sync.github_principals set blocked_until = null where principal = 'user:2'"
            )
        }
        #expect(found.contains { $0.hasPrefix("warning: GitHub takes no calls of user:1, core before 2") }, "\(found)")
        #expect(found.contains { $0.hasPrefix("warning: calls left of user:2, core: 3 of 5000, until 2") }, "\(found)")
    }

    @Test func `without a token one line says what could be checked`() async throws {
        let run = try await CommandsRun.worker(["doctor"], on: nil)
        #expect(run.lines.contains { $0.hasPrefix("not checked github") }, "\(run.output)")
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(["doctor"], on: database)
            let lines = run.lines.filter { $0.contains(" github  ") }
            #expect(
                lines.count == 1 && lines[0].hasSuffix("GITHUB_TOKEN and GITHUB_APP_ID are not set here"),
                "\(lines)"
            )
        }
    }
}
