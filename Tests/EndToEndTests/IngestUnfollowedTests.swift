import Base
import Database
import Foundation
import TestSupport
import Testing

/// Repositories whose deliveries came before a project followed them.
@Suite struct IngestUnfollowedTests {
    /// What GitHub sends when a repository's webhook was made.
    private static func ping(_ id: Int = 1_296_269) -> String {
        """
        {"zen":"Design for failure.","hook_id":1,"hook":{"type":"Repository","id":1},
        "repository":{"id":\(id),"full_name":"octocat/hello","private":false}}
        """
    }

    /// The same of an organization's.
    private static let organizationPing = #"{"zen":"Design for failure.","hook_id":1,"organization":{"login":"a"}}"#

    private static func remembered(_ connection: Connection) async throws -> [String] {
        try await connection.values(
            """
            select repository_id || ' ' || full_name as value from github_sync.github_unfollowed_repositories
            order by repository_id
            """
        )
    }

    private static func connect(_ repository: String, _ database: TestDatabase) async throws -> CommandsRun {
        let place = ["--workspace", "demo", "--project", "GH"]
        return try await CommandsRun.worker(["connect"] + place + ["--repository", repository], on: database)
    }

    @Test func `a ping tells connect the number of its repository, without a token`() async throws {
        try await IngestProgram.with { ingest, connection in
            #expect(try await Self.connect("octocat/hello", ingest.database).status == 2)
            #expect(try await ingest.deliver(Self.organizationPing, event: "ping").status == 200)
            #expect(try await ingest.deliver(Self.ping(), event: "ping").status == 200)
            #expect(try await eventually { try await Self.remembered(connection) == ["1296269 octocat/hello"] })
            let run = try await Self.connect("OctoCat/Hello", ingest.database)
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
            #expect(try await connection.storedEvents() == [])
        }
    }

    @Test func `so does any signed delivery that nobody wants, and the latest counts`() async throws {
        try await IngestProgram.with { ingest, connection in
            var unwanted = SampleDelivery()
            (unwanted.repositoryID, unwanted.repositoryName) = (7, "octocat/hello")
            for _ in 0..<20 { #expect(try await ingest.deliver(unwanted.issue).status == 404) }
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
            #expect(try await eventually { try await Self.remembered(connection) == ["7 octocat/hello"] })
            // The name was given to another repository since.
            #expect(try await ingest.deliver(Self.ping(), event: "ping").status == 200)
            #expect(try await eventually { try await Self.remembered(connection).count == 2 })
            let run = try await Self.connect("octocat/hello", ingest.database)
            #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH", "\(run.errors)")
        }
    }

    @Test func `what nobody signed is not remembered`() async throws {
        try await IngestProgram.with { ingest, connection in
            let refused = try await ingest.deliver(Self.ping(), event: "ping", secret: "another")
            #expect(refused.status == 401)
            #expect(try await ingest.deliver(Self.ping(8), event: "ping").status == 200)
            #expect(try await eventually { try await Self.remembered(connection) == ["8 octocat/hello"] })
        }
    }

    @Test func `nor is what anybody may send`() async throws {
        let settings = [
            "GITHUB_WEBHOOK_SECRET": "", "ALLOW_UNSIGNED_WEBHOOKS": "true", "GITHUB_WEBHOOK_SECRET_A": "aB3xyz9-",
        ]
        try await IngestProgram.with(settings) { ingest, connection in
            let unsigned = try await ingest.deliver(Self.ping(), event: "ping")
            #expect(unsigned.status == 200)
            let path = "\(IngestProgram.path)a/"
            #expect(try await ingest.deliver(Self.ping(8), event: "ping", secret: "aB3xyz9-", path: path).status == 200)
            #expect(try await eventually { try await Self.remembered(connection) == ["8 octocat/hello"] })
        }
    }

    @Test func `the newest 4096 are remembered`() async throws {
        try await IngestProgram.with { ingest, connection in
            try await connection.execute(
                """
                insert into github_sync.github_unfollowed_repositories (repository_id, full_name, seen_at)
                select n, 'a/' || n, now() - make_interval(mins => n) from generate_series(1, 4096) as n
                """
            )
            #expect(try await ingest.deliver(Self.ping(), event: "ping").status == 200)
            #expect(try await eventually { try await Self.remembered(connection).last == "1296269 octocat/hello" })
            let known = try await Self.remembered(connection)
            #expect(known.count == 4_096 && !known.contains("4096 a/4096") && known.contains("4095 a/4095"))
        }
    }

    @Test func `a role that may not remember them takes deliveries all the same`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            try await connection.change(
                "revoke all on github_sync.github_unfollowed_repositories from plane_sync_ingest"
            )
            let ingest = try await IngestProgram(database)
            #expect(try await ingest.deliver(Self.ping(), event: "ping").status == 200)
            #expect(try await ingest.program.said("unfollowed repositories are not remembered"))
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
            #expect(try await ingest.stop() == 0)
        }
    }
}
