import Base
import Database
import Foundation
import TestSupport
import Testing

/// `connect --poll`: for those whom GitHub cannot reach.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommandsConnectPollTests {
    private static let words = [
        "connect", "--workspace", "demo", "--project", "GH", "--repository", "octocat/hello", "--poll",
    ]

    private static func run(
        _ words: [String] = words,
        on database: TestDatabase,
        _ server: FakeServer,
        environment: [String: String] = [:]
    ) async throws -> CommandsRun {
        let given = FakeHooks.environment(server).merging(environment) { $1 }
        return try await CommandsRun.worker(words, on: database, environment: given)
    }

    @Test func `instead of a webhook it tells of sweeps, and of what they do not bring`() async throws {
        try await FakeServer.run(FakeHooks().handler) { server in
            try await TestDatabase.with { database in
                let run = try await Self.run(on: database, server)
                #expect(run.status == 0 && run.errors == "", "\(run.errors)")
                #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
                #expect(run.output.contains("No webhook is needed."))
                #expect(run.output.contains("every 300 s (GITHUB_SWEEP_SECONDS)"))
                #expect(run.output.contains("\n  plane-worker import --repository octocat/hello\n"))
                #expect(!run.output.contains("Payload URL"))

                // Whoever asks again is told again.
                let again = try await Self.run(on: database, server, environment: ["GITHUB_SWEEP_SECONDS": "60"])
                #expect(again.lines.first == "already connected: octocat/hello (1296269) to demo/GH")
                #expect(again.output.contains("every 60 s"))
                let json = try await Self.run(Self.words + ["--json"], on: database, server).json
                #expect(json["sweep_seconds"] as? Int == 300)
                #expect(json["webhook_path"] is NSNull && json["webhook_events"] is NSNull)
                #expect(server.requests.allSatisfy { $0.method == "GET" })
            }
        }
    }

    @Test(arguments: [
        (["GITHUB_TOKEN": ""], 2, "GITHUB_TOKEN is not set, expected a token for --poll"),
        (["GITHUB_SWEEP_SECONDS": "0"], 2, "GITHUB_SWEEP_SECONDS is 0, expected more"),
        (["GITHUB_TOKEN": "ghp_wrong"], 1, "GitHub refuses our token or key; --poll needs GitHub to show"),
    ])
    func `what sweeps need is asked for before anything is written`(
        _ environment: [String: String],
        _ status: Int32,
        _ words: String
    ) async throws {
        try await Self.refused(FakeHooks(), environment, status, words)
    }

    @Test func `a right that sweeps need is named before anything is written`() async throws {
        let hooks = FakeHooks { $0.permissions = ["pull": false, "triage": true] }
        try await Self.refused(hooks, [:], 1, "on octocat/hello we lack pull: grant it")
    }

    private static func refused(
        _ hooks: FakeHooks,
        _ environment: [String: String],
        _ status: Int32,
        _ words: String
    ) async throws {
        try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                // Not even the number helps.
                let given = Self.words + ["--repository-id", "1296269"]
                let run = try await Self.run(given, on: database, server, environment: environment)
                #expect(run.status == status && run.output == "")
                #expect(run.errors.contains(words), "\(run.errors)")
                let count: Int = try await database.connection().value(
                    "select count(*) as value from public.github_repositories"
                )
                #expect(count == 0)
            }
        }
    }
}
