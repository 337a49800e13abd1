import Database
import Foundation
import TestSupport
import Testing

/// A limited repository in the real programs.
@Suite struct RateLimitTests {
    @Test(.timeLimit(.minutes(10)))
    func `10,000 events of a limited repository keep no other repository's waiting`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let (busy, calm) = (SampleRepository.rocket, SampleRepository.shuttle)
            _ = try await connection.connectRepository(busy.id, busy.fullName)
            _ = try await connection.connectRepository(calm.id, calm.fullName, to: .second)
            try await connection.limit(busy, perMinute: 600, burst: 20)
            let node = try await IngestProgram(database)
            let workers = [try await WorkerProgram(database), try await WorkerProgram(database)]

            try await connection.flood(busy, 10_000)
            for number in Int64(1)...150 {
                let body = SampleIssue(number, repository: calm).event("opened", in: calm)
                _ = try await node.deliver(String(decoding: body, as: UTF8.self), id: "calm \(number)")
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await eventually { try await connection.count(of: calm, "status = 'completed'") == 150 })
            let delays: [Double] = try await connection.values(
                """
                select extract(epoch from processed_at - created_at)::float8 as value
                from github_sync.github_webhook_events where repository_id = \(calm.id) order by 1
                """
            )
            let longest = try #require(delays.last)
            print(
                "beside 10,000 events, from receipt to done: p50 \(Self.milliseconds(delays[75])), "
                    + "max \(Self.milliseconds(longest))"
            )
            #expect(longest < 1)

            for worker in workers { #expect(try await worker.stop() == 0) }
            #expect(try await node.stop() == 0)
            let (done, failed) = (
                try await connection.count(of: busy, "status = 'completed'"),
                try await connection.failures()
            )
            #expect(failed == [])
            #expect(done >= 20)
            #expect(done <= 20 + Int(try await connection.secondsSinceLimit() * 10))
            #expect(try await connection.count(of: busy, "status = 'pending'") == 10_000 - done)
            let turns: [Double] = try await connection.values(
                """
                select extract(epoch from turn_at - lag(turn_at) over (order by turn_at))::float8 as value
                from github_sync.github_webhook_events where status = 'pending' and repository_id = \(busy.id)
                order by turn_at offset 1
                """
            )
            print("done of the limited repository: \(done), waiting for their turn: \(turns.count + 1)")
            #expect(turns.allSatisfy { abs($0 - 0.1) < 0.00001 })
        }
    }

    private static func milliseconds(_ seconds: Double) -> String { "\(Int((seconds * 1000).rounded())) ms" }
}

extension Connection {
    fileprivate func limit(_ repository: SampleRepository, perMinute: Int, burst: Int) throws {
        try run(
            """
            insert into github_sync.github_rate_limits (repository_id, per_minute, burst)
            values (\(repository.id), \(perMinute)::int, \(burst)::int)
            """
        )
    }

    /// As many deliveries on a hundred issues, in the queue at once.
    fileprivate func flood(_ repository: SampleRepository, _ count: Int) throws {
        let bodies = (Int64(1)...100).map {
            JSONText(SampleIssue($0, repository: repository).event("opened", in: repository))
        }
        try run(
            """
            insert into github_sync.github_webhook_events (
                id, delivery_id, event_type, action, repository_id, repository_name, payload
            )
            select gen_random_uuid(), 'busy ' || n, 'issues', 'opened', \(repository.id), \(repository.fullName),
                (\(bodies))[n % 100 + 1]
            from generate_series(1, \(count)) as n
            """
        )
    }

    /// How many events of a repository fulfil a condition.
    fileprivate func count(of repository: SampleRepository, _ condition: String) throws -> Int {
        try value(
            Query(
                unescapedTextOfOurOwn: """
                    select count(*) as value from github_sync.github_webhook_events
                    where repository_id = \(repository.id) and \(condition)
                    """
            )
        )
    }

    fileprivate func secondsSinceLimit() throws -> Double {
        try value("select extract(epoch from now() - changed_at)::float8 as value from github_sync.github_rate_limits")
    }
}
