import TestSupport
import Testing

@Suite(.serialized) struct CommandsShowConfigTests {
    @Test func `show-config tells everything, and the history who changed what`() async throws {
        try await CommandsSettings.withConnection { database, _, _ in
            let fresh = try await CommandsRun.worker(["show-config"], on: database)
            #expect(fresh.lines.first == "demo/GH, octo-demo/hello: never changed")
            #expect(fresh.lines.dropFirst().allSatisfy { $0.hasSuffix(" (default)") })
            #expect(fresh.lines.count == 24)
            _ = try await CommandsSettings.configure(["--accept", "issues"], on: database)
            _ = try await CommandsSettings.configure(["--accept", "all", "--rate", "7"], on: database)
            let history = try await CommandsRun.worker(["show-config", "--history"], on: database)
            #expect(history.lines.count == 6)
            #expect(history.lines[1].hasSuffix("(role test_admin)"))
            #expect(history.lines[2] == "    accepted events: issues → all (default)")
            #expect(history.lines[3] == "    rate: no limit (default) → 7 a minute, bursts of 7")
            #expect(history.lines[5] == "    accepted events: all (default) → issues")
            let list = try await CommandsRun.worker(["show-config", "--json"], on: database).json
            #expect(
                Set(list.keys) == [
                    "workspace", "project", "repository", "repository_sync_id", "changed_by", "changed_at", "settings",
                ]
            )
            let changes = try await CommandsRun.worker(["show-config", "--history", "--json"], on: database)
            #expect(changes.lines.count == 2)
            #expect(changes.lines[1].contains(#""settings":{"accept": ["issues"]}"#))
            let unknown = try await CommandsRun.worker(["show-config", "--repository", "a/b"], on: database)
            #expect(unknown.status == 1)
            #expect(unknown.errors == "plane-worker: no project follows a/b; connected are: octo-demo/hello\n")
        }
    }
}
