import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Queue
@testable import Worker

/// Setting, changing and removing a limit.
@Suite struct RateLimitSettingTests {
    @Test func `a limit is read back, replaced and removed`() async throws {
        try await ThrottleBench.with { bench in
            let admin = bench.admin
            #expect(try await admin.rateLimit(repository: 1) == nil)
            for limit in [RateLimit(perMinute: 60, burst: 5), RateLimit(perMinute: 7, burst: 1)] {
                try await admin.setRateLimit(repository: 1, limit)
                #expect(try await admin.rateLimit(repository: 1) == limit)
            }
            #expect(try await admin.rateLimit(repository: 2) == nil)
            try await admin.setRateLimit(repository: 1, nil)
            #expect(try await admin.rateLimit(repository: 1) == nil)
        }
    }

    @Test(arguments: [(0, 1, "23514"), (1, 0, "23514"), (1, -1, "23514"), (3_000_000_000, 1, "22003")])
    func `a limit that is none is refused`(perMinute: Int, burst: Int, state: String) async throws {
        try await ThrottleBench.with { bench in
            let error = await #expect(throws: DatabaseError.self) { try await bench.limit(perMinute, burst: burst) }
            #expect(error?.sqlState == state)
            let limit = try await bench.admin.rateLimit(repository: ThrottleBench.busy)
            #expect(limit == nil)
        }
    }

    @Test(arguments: [nil, RateLimit(perMinute: 60, burst: 3)])
    func `what waits under the old limit is due at once when it changes or goes`(limit: RateLimit?) async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 1)
            try await bench.limit(1, burst: 1, repository: ThrottleBench.calm)
            try await bench.fill(2, repository: ThrottleBench.calm, as: "calm")
            try await bench.fill(10)
            #expect(try await bench.claimReady().count == 2)
            try await bench.admin.setRateLimit(repository: ThrottleBench.busy, limit)

            #expect(try await bench.names(.pending, waiting: true) == ["calm 2"])
            let ready = try await bench.claimReady()
            #expect(ready.count == (limit == nil ? 9 : 3))
            let (turns, waiting) = (try await bench.turns(), try await bench.names(.pending, waiting: true))
            if limit == nil {
                #expect(turns.count == 1)
            } else {
                // The one before the change, three at once, then one a second.
                #expect(turns.count == 10)
                #expect(zip(turns[4...], turns[3...]).allSatisfy { abs($0 - $1 - 1) < 0.00001 })
                #expect(waiting.count == 7)
            }
        }
    }

    @Test func `a change leaves a retry's wait and a turn that has come alone`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 2)
            try await bench.fill(2)
            let claim = try await bench.connection.throttle(bench.claim()).ready
            try await bench.connection.finish(
                claim.events[0].id,
                .retry(after: .seconds(600), reason: "x"),
                token: claim.token
            )
            try await bench.limit(6, burst: 1)
            #expect(try await bench.names(.pending, waiting: true).count == 1)
            #expect(try await bench.names(.processing, waiting: false).count == 1)
            #expect(try await bench.turns().count == 2)
        }
    }

    @Test func `a change finds more waiting events than fit into one statement, and one that somebody holds`()
        async throws
    {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 1)
            try await bench.fill(4500)
            #expect(try await bench.connection.throttlePending([ThrottleBench.busy], depth: 5000) == 4500)
            let holder = bench.database.connection("holder")
            let last = try #require(try await bench.names(.pending, waiting: true).last)
            try await holder.execute("begin")
            try await holder.execute(
                "select from github_sync.github_webhook_events where delivery_id = \(last) for update"
            )
            let change = Task { try await bench.admin.setRateLimit(repository: ThrottleBench.busy, nil) }
            #expect(try await eventually { try await bench.names(.pending, waiting: true) == [last] })
            try await holder.execute("commit")
            try await change.value
            #expect(try await bench.names(.pending, waiting: true) == [])
            #expect(try await bench.turns() == [0])
        }
    }

    @Test func `an operator sees what waits`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 2)
            try await bench.limit(5, burst: 1, repository: ThrottleBench.calm)
            try await bench.fill(10)
            _ = try await bench.claimReady()
            let limits: [String] = try await bench.database.connection(as: .monitor).values(
                """
                select concat_ws(
                    ' ', repository_id, repository_name, per_minute, burst, waiting,
                    round(extract(epoch from last_turn - next_turn))
                ) as value
                from github_sync.github_rate_limits_waiting order by repository_id
                """
            )
            #expect(limits == ["700 acme/700 60 2 8 7", "800 5 1 0"])
            let depth: [Int] = try await bench.database.connection(as: .monitor).values(
                """
                select unnest(array[events, due]) as value from github_sync.github_queue_depth
                where status = 'pending'
                """
            )
            #expect(depth == [8, 0])
        }
    }
}
