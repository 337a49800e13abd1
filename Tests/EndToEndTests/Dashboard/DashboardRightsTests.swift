import Database
import Foundation
import TestSupport
import Testing

/// What the pages show where the program's role in the database lacks a right.
@Suite struct DashboardRightsTests {
    private static let paths = [
        "/", "/events", "/events?project=GH", "/events?q=%231", "/failures", "/repositories",
        "/repositories/octocat/hello", "/issues/GH-1", "/jobs", "/outbound", "/people", "/analytics",
    ]

    @Test(.timeLimit(.minutes(15)))
    func `the monitor's role gets each page, and a sentence where something is missing`() async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed()
            seed.status = .failed
            seed.error = "deadlock detected"
            try await database.connection().insert(seed)
            _ = try await database.connection().connectRepository(1_296_269, "octocat/hello")
            let dashboard = try await DashboardProgram(database, as: .monitor)
            let event = "/events/\(seed.id.uuidString.lowercased())"
            for path in Self.paths + [event] {
                let page = try await dashboard.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(try await dashboard.get("/api\(path)").status == 200, "/api\(path)")
            }
            for (path, words) in [
                ("/events?project=GH", "find issues and projects"),
                ("/repositories", "read which repositories are connected"),
                ("/repositories/octocat/hello", "read which repositories are connected"),
                ("/issues/GH-1", "read issues"),
                ("/outbound", "read issues"), ("/people", "see who is mapped"),
            ] {
                #expect(try await dashboard.get(path).body.contains("may not \(words)"), "\(path)")
            }
            let record = try await dashboard.json("/api\(event)")
            #expect(record["error_message"] as? String == "deadlock detected")
            #expect(record["payload_bytes"] is NSNull)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the viewer's role gets everything but addresses, and bodies as the settings say`()
        async throws
    {
        try await TestDatabase.with { database in
            var seed = CommandsSeed()
            seed.payload = #"{"text":"secret plan"}"#
            try await database.connection().insert(seed)
            _ = try await database.connection().connectRepository(1_296_269, "octocat/hello")
            let ingest = try await IngestProgram(database)
            for (setting, sees) in [("viewer", true), ("nobody", false)] {
                try await DashboardProgram.withUsers(database, as: .viewer, ["DASHBOARD_PAYLOADS": setting]) {
                    dashboard in
                    for path in Self.paths where !path.contains("q=") && path != "/issues/GH-1" {
                        let page = try await dashboard.get(path, as: "ada")
                        #expect(page.status == 200, "\(path)")
                        #expect(
                            !page.body.contains("role in the database may not") || path == "/people",
                            "\(path)"
                        )
                        #expect(!page.body.contains("not made:"), "\(path)")
                    }
                    let people = try await dashboard.get("/people", as: "ada")
                    #expect(people.body.contains("may not read addresses"))
                    let event = try await dashboard.get("/events/\(seed.id)", as: "ada")
                    #expect(event.body.contains("secret plan") == sees)
                    let replay = try await dashboard.post("/events/replay", "id=\(seed.id)", as: "ada")
                    #expect(replay.status == 403)
                    #expect(replay.body.contains("A right is missing"))
                }
            }
            #expect(try await ingest.stop() == 0)
        }
    }
}
