import Base
import Database
import Foundation
import TestSupport
import Testing

/// Deliveries that leave open how an object is now: GitHub is asked at once, where a client is configured.
@Suite struct DoubtTests {
    private static let rocket = SampleRepository.rocket

    @Test(.timeLimit(.minutes(10)))
    func `of two changes in one second, GitHub tells which was the last`() async throws {
        var issue = SampleIssue(5)
        issue.updatedAt = Date().formatted(.iso8601)
        issue.title = "Sent last, but made first"
        let first = issue.event("edited")
        issue.title = "As it is now"
        let last = issue.event("edited")
        let repository = FakeRepository(Self.rocket, FakeRepository.State(issues: [issue]))
        try await FakeServer.run(repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
                try await connection.insert([last, first].map(Self.event))
                // The next sweep would come tomorrow.
                let settings = [
                    "GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "86400",
                ]
                try await connection.addRestingSweep(of: Self.rocket)
                let worker = try await WorkerProgram(database, settings)
                #expect(
                    try await eventually(within: .seconds(40)) { try await connection.titles() == ["As it is now"] },
                    "\(worker.program.text.suffix(2000))"
                )
                #expect(try await connection.brokenRules() == [])
                #expect(try await worker.stop() == 0)
            }
        }
    }

    private static func event(_ payload: [UInt8]) -> CommandsSeed {
        var seed = CommandsSeed()
        seed.action = "edited"
        seed.payload = String(decoding: payload, as: UTF8.self)
        return seed
    }
}

extension Connection {
    /// A sweep that has just begun its long pause.
    fileprivate func addRestingSweep(of repository: SampleRepository) throws {
        try execute(
            """
            insert into github_sync.github_sync_jobs (
                id, kind, repeats, repository_id, repository_name, run_at, updated_at
            )
            values (
                gen_random_uuid(), 'sweep', true, \(repository.id), \(repository.fullName), now() + interval '1 day',
                now() - interval '25 seconds'
            )
            """
        )
    }
}
