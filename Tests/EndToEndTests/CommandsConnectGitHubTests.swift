import Base
import Database
import Foundation
import TestSupport
import Testing

/// `connect` and `disconnect` where a token lets them ask GitHub.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommandsConnectGitHubTests {
    private static let place = ["--workspace", "demo", "--project", "GH"]

    /// Runs a command with the token and the secret of this GitHub, and sees that it shows neither.
    private static func run(
        _ words: [String],
        on database: TestDatabase,
        _ server: FakeServer,
        environment: [String: String] = [:]
    ) async throws -> CommandsRun {
        let run = try await CommandsRun.worker(
            words,
            on: database,
            environment: FakeHooks.environment(server).merging(environment) { $1 }
        )
        for secret in [FakeHooks.token, FakeHooks.secret] {
            #expect(!run.output.contains(secret) && !run.errors.contains(secret))
        }
        return run
    }

    private static func connect(_ repository: String = "octocat/hello", _ words: String...) -> [String] {
        ["connect"] + place + ["--repository", repository] + words
    }

    private static func disconnect(_ words: String..., project: String = "GH") -> [String] {
        ["disconnect", "--workspace", "demo", "--project", project, "--repository", "octocat/hello"] + words
    }

    private static func connected(_ connection: Connection) async throws -> [String] {
        try await connection.values(
            """
            select owner || '/' || name || ' ' || repository_id as value from public.github_repositories
            where deleted_at is null
            """
        )
    }

    @Test(arguments: ["octocat/hello", "OctoCat/Hello"])
    func `GitHub tells the number, the name of today and what is allowed`(_ name: String) async throws {
        try await FakeServer.run(FakeHooks().handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(Self.connect(name), on: database, server)
                #expect(run.status == 0 && run.errors == "", "\(run.errors)")
                #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
                #expect(run.output.contains("Permissions on GitHub:\n  admin\n  push\n  pull\n"))
                #expect(try await Self.connected(database.connection()) == ["octocat/hello 1296269"])
                #expect(try await database.connection().brokenRules() == [])
            }
        }
    }

    @Test func `a number that is not GitHub's is refused, and nothing is written`() async throws {
        try await FakeServer.run(FakeHooks().handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(
                    Self.connect("octocat/hello", "--repository-id", "7"),
                    on: database,
                    server
                )
                #expect(run.status == 1)
                #expect(
                    run.errors
                        == "plane-worker: --repository-id is 7, but GitHub's number of octocat/hello is 1296269\n"
                )
                #expect(try await Self.connected(database.connection()) == [])
                let right = try await Self.run(
                    Self.connect("octocat/hello", "--repository-id", "1296269"),
                    on: database,
                    server
                )
                #expect(right.status == 0)
            }
        }
    }

    @Test func `a repository that was renamed is connected under its new name, which is told`() async throws {
        try await FakeServer.run(FakeHooks { $0.oldName = "octocat/old" }.handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(Self.connect("octocat/old"), on: database, server)
                #expect(run.status == 0)
                #expect(run.errors == "octocat/old is called octocat/hello now\n")
                #expect(try await Self.connected(database.connection()) == ["octocat/hello 1296269"])
            }
        }
    }

    @Test(arguments: [
        (["GITHUB_TOKEN": "ghp_wrong"], "octocat/hello", "GitHub refuses our token or key; see that the token"),
        ([:], "octocat/none", "GitHub knows no such object, or hides it from us; see that the name is right"),
        (["GITHUB_API_URL": "http://127.0.0.1:1"], "octocat/hello", "there is no connection; try again"),
    ])
    func `whoever gave the number needs no answer of GitHub`(
        _ environment: [String: String],
        _ name: String,
        _ words: String
    ) async throws {
        try await FakeServer.run(FakeHooks().handler) { server in
            try await TestDatabase.with { database in
                let without = try await Self.run(Self.connect(name), on: database, server, environment: environment)
                #expect(without.status == 1)
                #expect(without.errors.contains(words), "\(without.errors)")
                #expect(without.errors.contains("or give its number with --repository-id"))
                let with = try await Self.run(
                    Self.connect(name, "--repository-id", "7"),
                    on: database,
                    server,
                    environment: environment
                )
                #expect(with.status == 0)
                #expect(with.errors.contains("\(name) was not looked up: "))
            }
        }
    }

    @Test func `without GitHub the number comes from what is known of the name, the latest first`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let words = Self.connect("Octocat/Hello")
            let unknown = try await CommandsRun.worker(words, on: database)
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("--repository-id is missing"))
            #expect(unknown.errors.contains("curl -s https://api.github.com/repos/Octocat/Hello"))

            // Once connected, under a number that the name had before.
            _ = try await connection.connectRepository(5, "octocat/hello", to: .second)
            try await connection.change(
                "update public.github_repositories set deleted_at = now() - interval '1 day'",
                "update public.github_repository_syncs set deleted_at = now() - interval '1 day'"
            )
            try await connection.insert(CommandsSeed(age: 60))
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
        }
    }

    @Test func `a webhook is made once, and set anew when asked for again`() async throws {
        let hooks = FakeHooks()
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                let first = try await Self.run(
                    Self.connect("octocat/hello", "--create-hook", "https://sync.example.com"),
                    on: database,
                    server
                )
                #expect(first.status == 0, "\(first.errors)")
                #expect(first.output.contains("made webhook 1, which leads to \(FakeHooks.url)"), "\(first.output)")
                let made = try #require(hooks.hooks.first)
                #expect(made.url == FakeHooks.url && made.secret == FakeHooks.secret && made.contentType == "json")
                #expect(made.events == ["issues", "issue_comment", "pull_request", "label", "repository"])
                // Somebody turned it off, and wrote the address in another way.
                hooks.update {
                    $0.hooks[0].isActive = false
                    $0.hooks[0].url = "https://Sync.Example.com/api/webhooks/github-mcp"
                    $0.hooks[0].secret = "another"
                }
                let file = FileManager.default.temporaryDirectory.appending(path: "hook-\(UUID().text)")
                try Data("\(FakeHooks.secret)\nsecond\n".utf8).write(to: file)
                defer { try? FileManager.default.removeItem(at: file) }
                let second = try await Self.run(
                    Self.connect("octocat/hello", "--create-hook", FakeHooks.url, "--json"),
                    on: database,
                    server,
                    environment: ["GITHUB_WEBHOOK_SECRET": "", "GITHUB_WEBHOOK_SECRET_FILE": file.path]
                )
                #expect(second.status == 0, "\(second.errors)")
                #expect(try second.json["webhook_id"] as? Int == 1)
                #expect(try second.json["permissions"] as? [String] == ["admin", "push", "pull"])
                #expect(hooks.hooks.count == 1)
                let anew = try #require(hooks.hooks.first)
                #expect(anew.isActive && anew.url == FakeHooks.url && anew.secret == FakeHooks.secret)
            }
        }
    }

    @Test func `a webhook whose answer was lost is found, and not made twice`() async throws {
        let hooks = FakeHooks { $0.losesAnswers = true }
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                let words = Self.connect("octocat/hello", "--create-hook", FakeHooks.url)
                let run = try await Self.run(words, on: database, server)
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains("made webhook 1"))
                #expect(hooks.hooks.count == 1)
                #expect(server.requests.count { $0.method == "POST" } == 1)

                hooks.update {
                    $0.hooks = []
                    $0.losesRequests = true
                }
                let lost = try await Self.run(words, on: database, server)
                #expect(lost.status == 1)
                #expect(lost.errors.contains("nobody knows whether GitHub did it"), "\(lost.errors)")
                #expect(lost.errors.contains("try again, nothing is made twice"))
                #expect(server.requests.count { $0.method == "POST" } == 2)
            }
        }
    }

    @Test(arguments: [
        (403, "Refused): that takes admin rights"), (404, "hides it from us): that takes admin rights"),
        (422, "GitHub does not take the webhook of octocat/hello: Refused"),
    ])
    func `a webhook that may not be made leaves the connection, and says what it takes`(
        _ status: Int,
        _ words: String
    ) async throws {
        try await FakeServer.run(FakeHooks { $0.refusal = status }.handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(
                    Self.connect("octocat/hello", "--create-hook", FakeHooks.url),
                    on: database,
                    server
                )
                #expect(run.status == 1)
                #expect(run.errors.contains(words), "\(run.errors)")
                #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
                #expect(run.output.contains("Payload URL"))
            }
        }
    }

    @Test(arguments: [
        (["GITHUB_TOKEN": ""], "GITHUB_TOKEN is not set, expected a token for --create-hook"),
        (["GITHUB_WEBHOOK_SECRET": ""], "GITHUB_WEBHOOK_SECRET is not set, expected the secret of the webhook"),
    ])
    func `what a webhook needs is asked for before anything is written`(
        _ environment: [String: String],
        _ words: String
    ) async throws {
        try await FakeServer.run(FakeHooks().handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(
                    Self.connect("octocat/hello", "--repository-id", "1296269", "--create-hook", FakeHooks.url),
                    on: database,
                    server,
                    environment: environment
                )
                #expect(run.status == 2)
                #expect(run.errors.contains(words), "\(run.errors)")
                #expect(try await Self.connected(database.connection()) == [])
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func `a webhook goes with the last project that follows, and only that one`() async throws {
        let hooks = FakeHooks {
            $0.hooks = [
                FakeHooks.Hook(id: 1, url: FakeHooks.url, secret: "", events: []),
                FakeHooks.Hook(id: 2, url: "https://other.example.com", secret: "", events: []),
            ]
        }
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(1_296_269, "octocat/hello")
                _ = try await connection.connectRepository(1_296_269, "octocat/hello", to: .second)
                let words = Self.disconnect("--delete-hook", "https://sync.example.com")
                for _ in 0..<2 {
                    let run = try await Self.run(words, on: database, server)
                    #expect(run.status == 0, "\(run.errors)")
                    #expect(run.output.contains("the webhook stays, for the other projects"), "\(run.output)")
                }
                #expect(hooks.hooks.count == 2)
                let last = Self.disconnect("--delete-hook", FakeHooks.url, "--json", project: "SEC")
                let run = try await Self.run(last, on: database, server)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.json["webhooks_deleted"] as? Int == 1)
                #expect(hooks.hooks.map(\.id) == [2])
                let again = try await Self.run(words, on: database, server)
                #expect(again.output.contains("no webhook of the repository leads to \(FakeHooks.url)"))
            }
        }
    }

    @Test func `the webhook of a repository that only has the name of ours stays`() async throws {
        let hooks = FakeHooks { $0.hooks = [FakeHooks.Hook(id: 1, url: FakeHooks.url, secret: "", events: [])] }
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                _ = try await database.connection().connectRepository(7, "octocat/hello")
                let run = try await Self.run(Self.disconnect("--delete-hook", FakeHooks.url), on: database, server)
                #expect(run.status == 1)
                #expect(run.lines.first == "disconnected octocat/hello from demo/GH")
                #expect(run.errors.contains("octocat/hello is another repository on GitHub now (1296269, not 7)"))
                #expect(hooks.hooks.count == 1)
            }
        }
    }
}
