import Base
import Database
import Foundation
import TestSupport
import Testing

/// What no webhook told: the real worker asks a GitHub of the test's own again and again.
@Suite(.timeLimit(.minutes(10))) struct SweepTests {
    @Test func `a sweep brings what no webhook told, and costs nothing while all is quiet`() async throws {
        try await SweepBench.run(20) { bench in
            let connection = bench.connection
            bench.repository.update { state in
                state.issues[4].title = "Renamed while nobody looked"
                state.issues[4].updatedAt = Date().addingTimeInterval(1).formatted(.iso8601)
                // As on GitHub, a deleted comment changes the time of its issue, and no list shows it.
                state.comments.removeAll { $0.comment.id == 51 }
            }
            try await bench.expect { try await connection.titles().contains("Renamed while nobody looked") }
            try await bench.expect { try await connection.commentCount() == 29 }
            #expect(try await connection.numbers() == Array(1...20))
        }
    }

    @Test func `a sweep finds a deleted comment behind a new one, and looks nothing up without news`() async throws {
        try await SweepBench.run(20) { bench in
            try await bench.waitForSweeps(2)
            let lookups = bench.asked("")
            try await bench.waitForSweeps(3)
            #expect(bench.asked("") == lookups)

            bench.repository.update { state in
                let now = Date.now
                state.issues[6].updatedAt = now.formatted(.iso8601)
                state.changeComment(70) { comment in
                    comment = SampleComment(72)
                    comment.updatedAt = now.formatted(.iso8601)
                }
                // So that no later sweep lists issue 7 once more.
                state.issues[7].updatedAt = now.addingTimeInterval(120).formatted(.iso8601)
            }
            try await bench.expect { try await bench.connection.commentIDs(ofIssue: 7) == [71, 72] }
        }
    }

    @Test func `a sweep finds a deleted comment of which a webhook tells only afterwards that it was written`()
        async throws
    {
        try await SweepBench.run(3) { bench in
            // As on GitHub, a comment that came and went has changed the time of its issue.
            bench.repository.update { $0.issues[2].updatedAt = Date.now.formatted(.iso8601) }
            // The last sweeps that pass are shown nothing new.
            try await bench.waitForSweeps(3)
            var seed = CommandsSeed()
            (seed.type, seed.action) = (.issueComment, "created")
            // At first it is so new that GitHub's list might not have it yet.
            var comment = SampleComment(99)
            comment.createdAt = Date.now.addingTimeInterval(-50).formatted(.iso8601)
            comment.updatedAt = comment.createdAt
            let written = bench.repository.now.issues[2].event("created", comment)
            seed.payload = String(decoding: written, as: UTF8.self)
            try await bench.connection.insert([seed])
            try await bench.expect { try await bench.connection.hasTombstone(ofComment: 99) }
            #expect(try await bench.connection.commentIDs(ofIssue: 3) == [30, 31])
            // It is not looked for again.
            let lookups = bench.asked("/issues/3/comments")
            try await bench.waitForSweeps(3)
            #expect(bench.asked("/issues/3/comments") == lookups)
        }
    }
}

/// An imported repository that a worker sweeps once a second.
private struct SweepBench: Sendable {
    let repository: FakeRepository
    let server: FakeServer
    let connection: Connection
    let worker: WorkerProgram

    static func run(_ issues: Int64, _ body: @Sendable (SweepBench) async throws -> Void) async throws {
        let (repository, rocket) = (FakeRepository.filled(issues), SampleRepository.rocket)
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                let worker = try await WorkerProgram(
                    database,
                    ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "1"]
                )
                _ = try await CommandsRun.worker(["import", "--repository", rocket.fullName], on: database)
                let bench = SweepBench(
                    repository: repository,
                    server: server,
                    connection: connection,
                    worker: worker
                )
                try await body(bench)
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// How often GitHub was asked for a path of the repository.
    func asked(_ path: String) -> Int {
        server.requests.count { $0.path == "/repos/\(SampleRepository.rocket.fullName)\(path)" }
    }

    /// Comments are what a sweep reads last.
    func waitForSweeps(_ count: Int) async throws {
        let end = asked("/issues/comments") + count
        #expect(try await eventually(within: .seconds(40)) { asked("/issues/comments") >= end })
    }

    func expect(_ condition: @Sendable () async throws -> Bool) async throws {
        #expect(try await eventually(within: .seconds(40), condition), "\(worker.program.text.suffix(2000))")
    }
}

extension Connection {
    func hasTombstone(ofComment id: Int64) throws -> Bool {
        try !run(
            """
            select from github_sync.github_comment_versions where github_comment_id = \(id) and deleted_at is not null
            """
        ).isEmpty
    }
}
