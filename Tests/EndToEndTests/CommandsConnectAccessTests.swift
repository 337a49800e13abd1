import Base
import Foundation
import TestSupport
import Testing

/// What `connect` says of the rights that GitHub gives: to a person, and to an App.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommandsConnectAccessTests {
    private static let words = [
        "connect", "--workspace", "demo", "--project", "GH", "--repository", "octocat/hello",
    ]

    /// Connects as a person, or as an App that is installed with rights.
    private static func connect(
        _ words: String...,
        asApp installation: [String: String]?,
        person permissions: [String: Bool] = [:]
    ) async throws -> CommandsRun {
        let hooks = FakeHooks {
            $0.permissions = permissions
            $0.installation = installation
        }
        return try await run(Self.words + words, hooks, isApp: installation != nil)
    }

    private static func run(_ words: [String], _ hooks: FakeHooks, isApp: Bool) async throws -> CommandsRun {
        let key = FileManager.default.temporaryDirectory.appending(path: "app-\(UUID().text).pem")
        defer { try? FileManager.default.removeItem(at: key) }
        let made = try await CommandsRun.script("/bin/bash", "openssl genrsa -out \"$1\" 2048", key.path)
        #expect(made.status == 0, "\(made.errors)")
        return try await FakeServer.run(hooks.handler) { server in
            try await TestDatabase.with { database in
                let environment =
                    isApp ? FakeHooks.environment(server, appKey: key) : FakeHooks.environment(server)
                if words == ["doctor"] {
                    _ = try await database.connection().connectRepository(1_296_269, "octocat/hello")
                }
                let run = try await CommandsRun.worker(words, on: database, environment: environment)
                #expect(!run.output.contains(FakeHooks.installationToken))
                return run
            }
        }
    }

    /// The lines about permissions.
    private static func permissions(_ run: CommandsRun) -> [String] {
        run.lines.drop { $0 != "Permissions on GitHub:" }.dropFirst().prefix { $0.hasPrefix("  ") }.map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    @Test func `an App has the permissions of its installation, those that concern us`() async throws {
        let run = try await Self.connect(asApp: [
            "metadata": "read", "issues": "write", "pull_requests": "read", "repository_hooks": "write",
            "actions": "write",
        ])
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
        let expected = ["issues: write", "pull_requests: read", "metadata: read", "repository_hooks: write"]
        #expect(Self.permissions(run) == expected)
    }

    @Test(arguments: [
        (["metadata": "read", "issues": "read"], ["pull_requests: read"]),
        (["metadata": "read", "pull_requests": "write"], ["issues: read"]),
        (["metadata": "read"], ["issues: read", "pull_requests: read"]),
    ])
    func `what an App lacks is named`(_ installation: [String: String], _ missing: [String]) async throws {
        let run = try await Self.connect(asApp: installation)
        #expect(run.status == 0, "\(run.errors)")
        let lines = Self.permissions(run)
        #expect(Array(lines.suffix(missing.count)) == missing.map { "missing, for import and sweeps: \($0)" })
        #expect(lines.count == installation.count + missing.count)
        let json = try await Self.connect("--json", asApp: installation).json
        #expect(json["missing_permissions"] as? [String] == missing)
        let polling = try await Self.connect("--poll", asApp: installation)
        #expect(polling.status == 1)
        #expect(polling.errors.contains("on octocat/hello we lack \(missing.joined(separator: ", ")): grant it"))
    }

    @Test func `a person has a role, and one who may not read lacks it`() async throws {
        let reader = try await Self.connect(asApp: nil, person: ["admin": false, "triage": true, "pull": true])
        #expect(Self.permissions(reader) == ["triage", "pull"])
        let stranger = try await Self.connect(asApp: nil, person: ["admin": false, "triage": true])
        #expect(Self.permissions(stranger) == ["triage", "missing, for import and sweeps: pull"])
        let unknown = try await Self.connect(asApp: nil)
        #expect(Self.permissions(unknown) == ["GitHub does not tell"])
        let json = try await Self.connect("--json", asApp: nil, person: ["pull": true]).json
        #expect(json["permissions"] as? [String] == ["pull"] && json["missing_permissions"] as? [String] == [])
    }

    @Test func `an App that is not installed there connects nothing`() async throws {
        let run = try await Self.run(Self.words, FakeHooks(), isApp: true)
        #expect(run.status == 1 && run.output == "")
        #expect(run.errors.contains("that the token or the App may read it"), "\(run.errors)")
    }

    @Test func `doctor names what an App has and lacks`() async throws {
        for (installation, finding) in [
            (["issues": "read", "pull_requests": "read", "metadata": "read"], "on octocat/hello we have issues: read"),
            (["issues": "read", "metadata": "read"], "on octocat/hello we lack pull_requests: read"),
        ] {
            let hooks = FakeHooks { $0.installation = installation }
            let run = try await Self.run(["doctor"], hooks, isApp: true)
            for words in ["GitHub knows us as the App plane-sync", finding] {
                #expect(run.output.contains(words), "\(run.output)")
            }
        }
    }
}
