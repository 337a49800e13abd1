import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsDisconnectTests {
    private static let place = ["--workspace", "demo", "--project", "GH", "--repository", "octocat/hello"]

    @Test func `a connection ends softly, and connect takes it up with its settings`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let connect = ["connect"] + Self.place + ["--repository-id", "1296269"]
            _ = try await CommandsRun.worker(connect, on: database)
            _ = try await CommandsRun.worker(
                ["configure", "--repository", "octocat/hello", "--accept", "issues"],
                on: database
            )
            let run = try await CommandsRun.worker(["disconnect"] + Self.place, on: database)
            #expect(run.errors == "")
            #expect(run.status == 0)
            #expect(run.lines.first == "disconnected octocat/hello from demo/GH")
            #expect(run.output.contains("nobody follows the repository now"))
            let living: Int = try await connection.value(
                """
                select (select count(*) from public.github_repository_syncs where deleted_at is null)
                    + (select count(*) from public.github_repositories where deleted_at is null)
                    + (select count(*) from github_sync.followers('{1296269}')) as value
                """
            )
            #expect(living == 0)
            let settings = try await CommandsRun.worker(
                ["configure", "--repository", "octocat/hello", "--accept", "all"],
                on: database
            )
            #expect(settings.errors.contains("no project follows octocat/hello"))

            let again = try await CommandsRun.worker(["disconnect"] + Self.place, on: database)
            #expect(again.status == 0)
            #expect(again.output.hasPrefix("not connected any more: octocat/hello to demo/GH, since 2"))
            let json = try await CommandsRun.worker(["disconnect"] + Self.place + ["--json"], on: database).json
            #expect(json["disconnected"] as? Bool == false)

            let revived = try await CommandsRun.worker(connect, on: database)
            #expect(revived.output.contains("the repository's earlier connection, live again"))
            let shown = try await CommandsRun.worker(
                ["show-config", "--repository", "octocat/hello", "--json"],
                on: database
            )
            #expect(shown.output == "{\"accept\": [\"issues\"]}\n")
            #expect(try await connection.brokenRules() == [])
        }
    }

    @Test func `another project goes on following the repository`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1_296_269, "octocat/hello")
            _ = try await connection.connectRepository(1_296_269, "octocat/hello", to: .second)
            let run = try await CommandsRun.worker(["disconnect"] + Self.place, on: database)
            #expect(run.output.contains("still followed by: demo/SEC"))
            let left: [String] = try await connection.values(
                "select identifier as value from github_sync.followers('{1296269}')"
            )
            #expect(left == ["SEC"])
        }
    }

    @Test func `what was never connected is an error that says what is`() async throws {
        try await TestDatabase.with { database in
            _ = try await database.connection().connectRepository(1, "octocat/hello", to: .second)
            let run = try await CommandsRun.worker(["disconnect"] + Self.place, on: database)
            #expect(run.status == 1)
            #expect(run.errors == "plane-worker: octocat/hello is not connected to demo/GH, but to demo/SEC\n")
        }
    }

    @Test func `what was queued is completed as ignored`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1_296_269, "octocat/hello")
            var delivery = SampleDelivery()
            delivery.repositoryID = 1_296_269
            delivery.repositoryName = "octocat/hello"
            var seed = CommandsSeed()
            seed.payload = delivery.issue
            try await connection.insert(seed)
            _ = try await CommandsRun.worker(["disconnect"] + Self.place, on: database)
            let worker = try await WorkerProgram(database)
            let id = seed.id
            #expect(try await eventually { try await connection.status(of: id) == .completed })
            #expect(try await worker.stop() == 0)
            let outcome: String = try await connection.value(
                "select result ->> 'outcome' as value from github_sync.github_webhook_events"
            )
            #expect(outcome == "ignored")
        }
    }
}
