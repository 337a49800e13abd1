import Database
import Foundation
import TestSupport
import Testing

/// What `doctor` finds on the way from Plane to GitHub.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommandsDoctorOutboundTests {
    private static let token = [
        "GITHUB_TOKEN": FakeHooks.token, "GITHUB_API_URL": "http://127.0.0.1:1",
        "PLANE_WEB_URL": "https://plane.example.com",
    ]

    /// What is said under one check, each a verdict and what was found, when `before` has been done.
    private static func doctor(
        check: String = "outbound",
        environment: [String: String] = [:],
        before: @Sendable (Connection, ConnectedRepository) async throws -> Void
    ) async throws -> [(said: String, advice: String)] {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let hello = try await connection.connectRepository(1_296_269, "octocat/hello")
            try await before(connection, hello)
            let run = try await CommandsRun.worker(["doctor", "--json"], on: database, environment: environment)
            let checks = try run.json["checks"] as? [[String: Any]] ?? []
            return checks.filter { $0["check"] as? String == check }.map { check in
                func text(_ key: String) -> String { check[key] as? String ?? "" }
                return ("\(text("verdict")): \(text("text"))", text("advice"))
            }
        }
    }

    @Test func `where nobody asked for anything there is nothing to say, and where all is well nothing to do`()
        async throws
    {
        let off = try await Self.doctor { connection, _ in try await connection.noteLook(age: 86_400) }
        #expect(off.map(\.said) == ["ok: nothing is sent from Plane to GitHub"])
        let well = try await Self.doctor { connection, hello in
            try await connection.askForOutbound(in: hello, age: 1_000)
            try await connection.noteLook(age: 30)
            try await connection.insert([SampleOutbound(.waiting, age: 60), SampleOutbound(.sent)], in: hello)
        }
        #expect(
            well.map(\.said) == ["ok: connections that are sent to GitHub: 1, and workers look for changes"]
        )
    }

    @Test func `looks that do not come are found, and what may be missing for them`() async throws {
        for (environment, advice) in [([:], "are not set here"), (Self.token, "start plane-worker")] {
            let found = try await Self.doctor(environment: environment) { connection, hello in
                try await connection.askForOutbound(in: hello, age: 1_000)
                try await connection.noteLook(age: 180)
            }
            #expect(
                found.map(\.said) == ["failed: nobody has looked for 3m for what has to go from Plane to GitHub"]
            )
            #expect(found.first?.advice.contains(advice) == true, "\(found)")
        }
    }

    @Test func `a label that nobody can attach, and links that lead nowhere, are found`() async throws {
        for (label, isFound) in [("github", true), ("to github", false)] {
            let environment = Self.token.filter { $0.key != "PLANE_WEB_URL" }
            let found = try await Self.doctor(environment: environment) { connection, hello in
                try await connection.askForOutbound(in: hello, issues: "label")
                try await connection.makePlaneLabels(["To GitHub"], in: ConnectedRepository.Project.demo.id)
                try await connection.change(
                    """
                    update github_sync.github_sync_settings
                    set settings = jsonb_set(settings, '{outbound,create_label}', to_jsonb(\(label)::text))
                    """
                )
            }
            let silent = "warning: no new issue goes to octocat/hello: the project GH has no label \(label)"
            #expect(found.map(\.said).contains(silent) == isFound, "\(found)")
            #expect(found.contains { $0.said.hasPrefix("warning: PLANE_WEB_URL is not set here") }, "\(found)")
        }
    }

    private static let hooks: [(url: String?, change: String, said: String)] = [
        (nil, "", "warning: PLANE_WEBHOOK_SECRET is set, but no webhook of the workspace demo leads to"),
        ("https://sync.example.com/other/", "", "warning: PLANE_WEBHOOK_SECRET is set, but no webhook"),
        ("https://sync.example.com/api/webhooks/plane/", "", "ok: Plane's webhook of the workspace demo wakes"),
        ("https://sync.example.com/api/webhooks/plane", "is_active = false", "warning: Plane's webhook of the"),
        ("https://sync.example.com/api/webhooks/plane", "issue = false", "warning: Plane's webhook of the"),
    ]

    @Test(arguments: hooks)
    func `Plane's webhook is looked at where something goes out`(
        _ url: String?,
        _ change: String,
        _ said: String
    ) async throws {
        let secret = ["PLANE_WEBHOOK_SECRET": "plane_wh_0123456789abcdef0123456789abcdef"]
        let found = try await Self.doctor(environment: secret) { connection, hello in
            try await connection.askForOutbound(in: hello)
            guard let url else { return }
            try await connection.change(
                """
                insert into public.webhooks (
                    id, created_at, updated_at, url, is_active, secret_key, project, issue, module, cycle,
                    issue_comment, workspace_id, is_internal, version
                )
                select gen_random_uuid(), now(), now(), \(url), \(change) <> 'is_active = false', 's', false,
                    \(change) <> 'issue = false', false, false, false, id, false, 'v1'
                from public.workspaces where slug = 'demo'
                """
            )
        }
        #expect(found.contains { $0.said.hasPrefix(said) }, "\(found)")
    }

    @Test func `a token that may only read is found where something goes out`() async throws {
        for scope in ["off", "linked"] {
            let hooks = FakeHooks { $0.permissions = ["pull": true, "push": false] }
            try await FakeServer.run(hooks.handler) { server in
                let environment = FakeHooks.environment(server)
                let found = try await Self.doctor(check: "github", environment: environment) { connection, hello in
                    try await connection.askForOutbound(in: hello, issues: scope)
                }
                let isFound = found.contains { $0.said.hasPrefix("failed: on octocat/hello we lack push") }
                #expect(isFound == (scope != "off"), "\(found)")
            }
        }
    }

    @Test func `what is held up is found, also where nobody asks any more`() async throws {
        for isAsked in [true, false] {
            let found = try await Self.doctor { connection, hello in
                if isAsked { try await connection.askForOutbound(in: hello) }
                try await connection.insert(
                    [
                        SampleOutbound(.parked), SampleOutbound(.parked), SampleOutbound(.wantsApproval),
                        SampleOutbound(.waiting, age: 1_260),
                    ],
                    in: hello
                )
            }
            let held = found.map(\.said).filter { $0.hasPrefix("warning: ") }
            try #require(held.count == 3, "\(found)")
            #expect(held[0].hasSuffix("because it refused them or they failed too often: 2"))
            #expect(held[1].hasPrefix("warning: deletions in Plane that wait for approval") && held[1].hasSuffix(": 1"))
            #expect(held[2] == "warning: a change in Plane has waited for 21m to go to GitHub")
            #expect(found.count == 4 && found.contains { $0.said.hasPrefix("ok: ") })
        }
    }

    private static let inPublic =
        "warning: comments that people write in Plane go to octocat/hello, which everybody may read"

    @Test(arguments: [
        (#"{"repository":{"private":false}}"#, "all", true),
        // PostgreSQL cannot read this one, but the one before.
        (#"{"repository":{"private":false},"issue":{"title":"\u0000"}}"#, "all", false),
        (#"{"repository":{"private":false}}"#, "external", true),
        (#"{"repository":{"private":false}}"#, "off", false), (#"{"repository":{"private":true}}"#, "all", false),
        (#"{"repository":{}}"#, "all", false),
    ])
    func `comments that everybody may read are told of, as the newest delivery says`(
        _ payload: String,
        _ comments: String,
        _ isTold: Bool
    ) async throws {
        let found = try await Self.doctor { connection, hello in
            try await connection.askForOutbound(in: hello, comments: comments)
            for (payload, age) in [(payload, 10.0), (#"{"repository":{"private":true}}"#, 100)] {
                var seed = CommandsSeed(age: age)
                seed.payload = payload
                try await connection.insert(seed)
            }
            // Of the older one, the connection is known.
            try await connection.change(
                """
                update github_sync.github_webhook_events set repository_sync_id = \(hello.syncID)
                where created_at > now() - interval '50 seconds'
                """
            )
        }
        #expect(found.map(\.said).contains(Self.inPublic) == isTold, "\(found)")
        #expect(!found.contains { $0.said.hasPrefix("not_checked") }, "\(found)")
    }

    @Test func `where no delivery is stored GitHub says who may read comments`() async throws {
        for (isPrivate, comments, isTold) in [(false, "all", true), (true, "all", false), (false, "off", false)] {
            let hooks = FakeHooks { $0.isPrivate = isPrivate }
            try await FakeServer.run(hooks.handler) { server in
                let environment = FakeHooks.environment(server)
                let found = try await Self.doctor(check: "github", environment: environment) { connection, hello in
                    try await connection.askForOutbound(in: hello, comments: comments)
                }
                #expect(found.map(\.said).contains(Self.inPublic) == isTold, "\(found)")
            }
        }
    }
}
