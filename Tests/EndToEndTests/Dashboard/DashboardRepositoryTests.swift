import Database
import Foundation
import TestSupport
import Testing

/// What the page of a repository says of its settings.
@Suite struct DashboardRepositoryTests {
    @Test(.timeLimit(.minutes(15)), arguments: [TestRole.viewer, .worker])
    func `settings stand there in the words of show-config, with who changed them`(
        _ role: TestRole
    )
        async throws
    {
        try await CommandsSettings.withConnection { database, _, _ in
            let dashboard = try await DashboardProgram(database, as: role)
            let path = "/repositories/\(CommandsSettings.repository)"
            let fresh = try await dashboard.get(path)
            #expect(fresh.status == 200)
            #expect(fresh.body.contains("Settings of demo/GH") && fresh.body.contains("never changed"))
            for words in [
                ["--accept", "issues"],
                ["--rate", "7", "--ignore", #"exists($.issue ? (@.title == "<b>"))"#],
            ] {
                let run = try await CommandsSettings.configure(words, on: database)
                #expect(run.status == 0, "\(run.errors)")
            }
            let page = try await dashboard.get(path).body
            let said = try await CommandsRun.worker(["show-config"], on: database).lines
            #expect(said.count > 20)
            for line in said.dropFirst() {
                let parts = line.trimmingCharacters(in: .whitespaces).split(
                    separator: /\s{2,}/,
                    maxSplits: 1
                )
                for part in parts {
                    let text = part.replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
                        "\"",
                        with: "&quot;"
                    ).replacing("'", with: "&#39;")
                    #expect(page.contains(text), "\(part)")
                }
            }
            #expect(page.contains("last changed <time"))
            #expect(page.contains("(role test_admin)"))
            if role == .viewer {
                #expect(page.contains("2 changes"))
                #expect(page.contains("rate: no limit (default) → 7 a minute, bursts of 7"))
            } else {
                // It may not read who changed them before.
                #expect(page.contains("may not read who changed them before"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `settings of a form that nobody knows are said to be so`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            _ = try await CommandsSettings.configure(["--accept", "issues"], on: database)
            try await connection.change(
                "update github_sync.github_sync_settings set settings = '{\"rate\": 3}'"
            )
            let dashboard = try await DashboardProgram(database, as: .viewer)
            let page = try await dashboard.get("/repositories/\(CommandsSettings.repository)")
            #expect(page.status == 200)
            #expect(page.body.contains("The settings of demo/GH cannot be read"))
        }
    }
}
