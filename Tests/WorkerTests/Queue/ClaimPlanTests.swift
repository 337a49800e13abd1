import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Worker

/// How PostgreSQL carries out a claim: the plan must change neither with the number of rows nor with their statistics.
///
/// Rows and pages are counted and nothing is measured by the clock, so that a busy machine changes nothing. What
/// PostgreSQL knows of the table changes only when a test asks for it: autovacuum stays away, see `fill`.
@Suite struct ClaimPlanTests {
    private static let limit = 64

    @Test(.timeLimit(.minutes(15)), arguments: [0, 10_000, 200_000])
    func `a claim reads its partial index and locks no more rows than its limit`(rows: Int) async throws {
        try await TestDatabase.with { database in
            let connection = database.workersConnection()
            try await connection.fill(rows)
            for mode in ["force_custom_plan", "force_generic_plan"] {
                for isAnalyzed in [false, true] {
                    if isAnalyzed { try await connection.execute("analyze github_sync.github_webhook_events") }
                    let plan = try await connection.claimPlan(limit: Self.limit, mode: mode)
                    let due = try #require(plan.first { $0.type == "Limit" })
                    #expect(due.scans == ["github_webhook_events_due"], "\(mode): \(due)")
                    #expect(plan.allSatisfy { $0.type != "Seq Scan" }, "\(mode): \(plan)")
                    let locks = try #require(plan.first { $0.type == "LockRows" })
                    #expect(locks.rows == Double(min(rows, Self.limit)), "\(mode): \(locks)")
                }
            }
        }
    }

    @Test func `what a claim has locked is all that another has to pass over`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fill(10_000)
            let left = try await connection.lockableDuringClaim(limit: Self.limit, on: database.connection())
            #expect(left == 10_000 - Self.limit)
        }
    }

    /// What an old snapshot keeps from vacuum, a claim does not have to walk over.
    @Test func `a claim begins behind the finished events that a held snapshot keeps`() async throws {
        try await TestDatabase.with { database in
            let (connection, reader) = (database.workersConnection(), database.connection())
            try await connection.fill(20_000)
            try await reader.execute("begin isolation level repeatable read")
            // However long the rest takes, the snapshot is held.
            try await reader.execute("set local idle_in_transaction_session_timeout = 0")
            try await reader.execute("select count(*) from github_sync.github_webhook_events")
            try await connection.execute("update github_sync.github_webhook_events set status = 'completed'")
            let start = try await connection.oldestDue()
            #expect(start.microseconds < Int64(Date.now.timeIntervalSince1970 * 1_000_000))

            func blocks(from start: Timestamp?) async throws -> Double {
                let plan = try await connection.claimPlan(limit: Self.limit, mode: "force_custom_plan", from: start)
                return try #require(plan.first { $0.type == "Limit" }).blocks
            }
            #expect(try await blocks(from: nil) > 100)
            #expect(try await blocks(from: start) < 10)
            try await reader.execute("rollback")
        }
    }

    @Test func `nothing that is pending is due before the watermark`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fill(3)
            #expect(try await connection.oldestDue() == connection.smallestRunAt())
            let claim = try await connection.claim(
                limit: 9,
                worker: "w",
                lease: .seconds(60),
                maxRetries: 3,
                from: connection.oldestDue()
            )
            #expect(claim.events.count == 3)
        }
    }

    @Test func `the next claim begins where the last one found its first event`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fill(100)
            let watermark = Watermark()
            func claim() async throws -> Claim {
                let start = watermark.start
                let claim = try await connection.claim(
                    limit: 10,
                    worker: "w",
                    lease: .seconds(60),
                    maxRetries: 3,
                    from: start
                )
                if let first = claim.watermark { watermark.advance(from: start, to: first) }
                return claim
            }
            var starts: [Timestamp?] = []
            for _ in 1...10 {
                let next = try await connection.smallestRunAt()
                #expect(try await claim().events.count == 10)
                #expect(watermark.start == next)
                starts.append(watermark.start)
            }
            #expect(Set(starts).count == 10)
            #expect(try await claim().watermark == nil)
        }
    }

    @Test func `a claim leaves the watermark behind the present, for what is still to commit`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.fill(1)
            // In one transaction, in which the present stands still.
            try await connection.execute("begin")
            try await connection.execute("update github_sync.github_webhook_events set run_at = now()")
            let due = try await connection.smallestRunAt()
            let claim = try await connection.claim(limit: 9, worker: "w", lease: .seconds(60), maxRetries: 3)
            try await connection.execute("commit")
            let first = try #require(claim.watermark)
            #expect(due.microseconds - first.microseconds == Int64(Watermark.slack * 1_000_000))
        }
    }

    @Test func `a claim that began before the last reading does not advance the watermark`() {
        let watermark = Watermark()
        let (early, late) = (Timestamp(microseconds: 1), Timestamp(microseconds: 2))
        watermark.move(to: early)
        watermark.advance(from: late, to: late)
        #expect(watermark.start == early)
        watermark.advance(from: early, to: late)
        #expect(watermark.start == late)
        watermark.advance(from: late, to: early)
        #expect(watermark.start == late)
    }
}

/// A node of a plan that was carried out.
private struct PlanNode: Sendable {
    let type: String
    let rows: Double
    /// Pages looked at, by it and below.
    let blocks: Double
    /// The indexes read at and below it.
    let scans: [String]

    /// The nodes of a plan in EXPLAIN's JSON, from the top.
    static func all(in plan: [String: Any]) -> [PlanNode] {
        let below = (plan["Plans"] as? [[String: Any]] ?? []).flatMap(all)
        let children = plan["Plans"] as? [[String: Any]] ?? []
        let index = plan["Index Name"] as? String
        let node = PlanNode(
            type: plan["Node Type"] as? String ?? "",
            rows: (plan["Actual Rows"] as? Double ?? 0) * (plan["Actual Loops"] as? Double ?? 1),
            blocks: (plan["Shared Hit Blocks"] as? Double ?? 0) + (plan["Shared Read Blocks"] as? Double ?? 0),
            scans: [index].compactMap(\.self) + children.flatMap { all(in: $0).first?.scans ?? [] }
        )
        return [node] + below
    }
}

extension TestDatabase {
    /// With the settings that a worker has.
    fileprivate func workersConnection() -> Connection {
        var config = connection().config
        config.prefersIndexes = true
        return Connection(config)
    }
}

extension Connection {
    private static func claim(_ limit: Int, from start: Timestamp? = nil) -> Query {
        claimQuery(
            from: .events,
            where: QueueTable.isClaimable(past: []),
            limit: limit,
            worker: "w",
            lease: .seconds(60),
            maxRetries: 3,
            token: UUID(),
            start: start
        )
    }

    /// Pending events, received over the last hour, in a table that has only the indexes a claim could use.
    ///
    /// Autovacuum leaves it alone: it would gather statistics and clean up at a moment of its own.
    fileprivate func fill(_ rows: Int) throws {
        try run(
            [
                "alter table github_sync.github_webhook_events set (autovacuum_enabled = false)",
                """
                alter table github_sync.github_webhook_events drop constraint github_webhook_events_delivery_id_key
                """,
                "drop index github_sync.github_webhook_events_sync_created",
                """
                insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload, created_at, run_at)
                select gen_random_uuid(), n::text, 'issues', '{}', t, t
                from generate_series(1, \(rows)) as n
                cross join lateral (select now() - interval '1 hour' + n * interval '1 millisecond') as x (t)
                """,
            ],
            within: .seconds(600)
        )
    }

    /// Carries out a claim and takes it back.
    fileprivate func claimPlan(limit: Int, mode: String, from start: Timestamp? = nil) throws -> [PlanNode] {
        let claim = Self.claim(limit)
        let time = start.map { "'\($0)'" } ?? "null"
        let budget = "\(Int.max), \(Int.max), \(Int.max), true"
        let arguments = "\(time), '{}', \(limit), \(budget), '\(UUID().text)', 'w', 60, 3, \(Watermark.slack)"
        let types =
            "timestamptz, bigint[], bigint, bigint, bigint, bigint, boolean, uuid, text, float8, bigint, float8"
        let text: String = try run([
            "begin",
            Query(unescapedTextOfOurOwn: "set local plan_cache_mode = \(mode)"),
            Query(
                unescapedTextOfOurOwn: "prepare claim (\(types)) as \(claim.sql)"
            ),
            Query(unescapedTextOfOurOwn: "explain (analyze, buffers, format json) execute claim (\(arguments))"),
            "deallocate claim",
            "rollback",
        ])[3][0].get("QUERY PLAN")
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        return (parsed?.first?["Plan"] as? [String: Any]).map(PlanNode.all) ?? []
    }

    fileprivate func smallestRunAt() throws -> Timestamp {
        try run(
            "select min(run_at) as start from github_sync.github_webhook_events where status = 'pending'"
        )[0].get("start")
    }

    /// How many pending events another connection could lock while a claim is not committed.
    fileprivate func lockableDuringClaim(limit: Int, on other: Connection) async throws -> Int {
        try execute("begin")
        try run(Self.claim(limit))
        let left = try await other.lockable()
        try execute("rollback")
        return left
    }

    private func lockable() throws -> Int {
        try run(
            """
            select id from github_sync.github_webhook_events where status = 'pending' for update skip locked
            """
        ).count
    }
}
