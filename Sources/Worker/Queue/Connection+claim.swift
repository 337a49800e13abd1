import Base
import Database
import Foundation

/// How many bytes of payload a claim may take, as text: what is stored may be 255 times smaller.
package struct PayloadBudget: Sendable, Equatable {
    /// What the process's batches may have beside those in hand.
    let total: Int
    /// What one claim takes of it, so that several slots get some; where the total certainly suffices it takes all.
    let share: Int
    /// Whether the first in line may have more than the total.
    let allowsOversized: Bool

    /// What is left beside `inHand` where all batches together may have `limit`; nil while it is too little for a claim.
    package init?(limit: Int, inHand: Int) {
        guard inHand <= limit / 4 * 3 else { return nil }
        total = limit - inHand
        share = min(total, limit / 4)
        // An event that does not fit at all is worked on while nothing else takes up memory.
        allowsOversized = inHand == 0
    }

    init(total: Int, share: Int, allowsOversized: Bool) {
        self.total = total
        self.share = share
        self.allowsOversized = allowsOversized
    }

    package static let unlimited = PayloadBudget(total: .max, share: .max, allowsOversized: true)
}

extension Connection {
    /// Takes due events, but of the repositories in `throttled` only those whose turn has come.
    ///
    /// An event that comes with a `limitedRepository` must not be worked on before `throttle`. The few limits are read
    /// once per claim, so that events without one pay nothing for them.
    package func claim(
        limit: Int,
        budget: PayloadBudget = .unlimited,
        worker: String,
        lease: Duration,
        maxRetries: Int,
        token: UUID = UUID(),
        past throttled: [Int64] = [],
        from start: Timestamp? = nil
    ) throws -> Claim {
        let query = Self.claimQuery(
            from: .events,
            where: QueueTable.isClaimable(past: throttled),
            limit: limit,
            budget: budget,
            worker: worker,
            lease: lease,
            maxRetries: maxRetries,
            token: token,
            start: start
        )
        let rows = try run(query)
        let watermarks: [Timestamp] = try rows.map { try $0.get("watermark") }
        return Claim(token: token, events: try rows.map(ClaimedEvent.init), watermark: watermarks.min())
    }

    /// Takes up to `limit` due rows for `worker`, longest due first, and leases them for `lease`.
    ///
    /// `skip locked` lets workers claim side by side. The CTE is materialized: joined to a plain subquery, the planner
    /// may lock more rows than the limit. A row that was lost with a worker before is taken alone: if it kills this
    /// one too, it must not take its neighbours along.
    ///
    /// The token is made by the caller, who then knows it even if the answer is lost on the way. Due before `start` there
    /// is nothing; see `Watermark`.
    package static func claimQuery(
        from table: QueueTable,
        where condition: Query = "true",
        limit: Int,
        budget: PayloadBudget = .unlimited,
        worker: String,
        lease: Duration,
        maxRetries: Int,
        token: UUID,
        start: Timestamp? = nil
    ) -> Query {
        let storedSize: Query = table.payload.map { ", pg_column_size(\($0)) as stored" } ?? ""
        return """
            with recursive due as materialized (
                select \(table.key) as id, run_at, crash_count\(storedSize)
                from \(table.name)
                where \(table.isPending) and run_at <= now() and run_at >= coalesce(\(start), '-infinity')
                    and \(condition)
                order by run_at, \(table.key)
                limit \(limit)
                for update skip locked
            ), taken as (
                select * from due where not exists (select from due where crash_count > 0)
                union all
                (select * from due where crash_count > 0 order by id limit 1)
            ), \(fittingRows(of: table, into: budget))
            update \(table.name)
            set \(table.isClaimed), claim_token = \(token), claimed_by = \(worker), claimed_at = now(),
                lease_until = now() + make_interval(secs => \(lease / .seconds(1))),
                max_retries = \(maxRetries), updated_at = now()
            -- An array: in a join, a plan made for an unknown limit reads the whole table.
            where \(table.key) = any(array(select id from fitting))
            returning \(table.item),
                least(run_at, now() - make_interval(secs => \(Watermark.slack))) as watermark
            """
    }

    /// Of the rows in `taken`, those whose payloads fit into the budget; the others stay unclaimed.
    ///
    /// The size of a payload shows only once it is decompressed: where 255 times what is stored would fit nothing is
    /// measured, else one after the other until the next does not fit.
    private static func fittingRows(of table: QueueTable, into budget: PayloadBudget) -> Query {
        guard let payload = table.payload else { return "fitting as (select id from taken)" }
        return """
            measured as (
                select 0 as place, null::uuid as id, 0::bigint as bytes
                where (select sum(stored) from taken) * 256 > \(budget.total)
                union all
                select m.place + 1, n.id, m.bytes + n.size
                from measured as m
                cross join lateral (
                    select \(table.key) as id, octet_length(\(payload)::text) as size
                    from \(table.name)
                    where \(table.key) = (select array_agg(id order by run_at, id) from taken)[m.place + 1]
                    offset 0  -- keeps the planner from decompressing a payload twice
                ) as n
                where m.bytes + n.size <= \(budget.share)
                    or (m.place = 0 and (n.size <= \(budget.total) or \(budget.allowsOversized)))
            ), fitting as (
                select id from taken where not exists (select from measured)
                union all
                select id from measured where place > 0
            )
            """
    }

    /// Events that were worked on before, as far as they are still stored.
    package func recalled(_ ids: Set<UUID>) throws -> [ClaimedEvent] {
        let table = QueueTable.events
        return try run(
            "select \(table.item) from \(table.name) where \(table.key) = any(\(ids.sorted()))",
            as: ClaimedEvent.self
        )
    }
}
