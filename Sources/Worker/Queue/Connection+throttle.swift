import Database
import Foundation

/// The rate limit of a repository gives each of its events a turn: a time before which the event must not run. Turns are
/// spaced evenly over the minute, but for a burst after a quiet time; see `github_sync.take_turns`.
extension QueueTable {
    /// The repository of an event that needs a turn and has none.
    static let limitedRepository: Query = """
        case when turn_at is null and repository_id in (
            select repository_id from github_sync.github_rate_limits
        ) then repository_id end as limited_repository
        """

    /// Holds of events that may be claimed while these repositories have more due events than turns.
    static func isClaimable(past throttled: [Int64]) -> Query {
        "((repository_id = any(\(throttled))) is not true or turn_at is not null)"
    }

    /// Takes turns for the rows of a CTE `unthrottled`, in the order in which they are due.
    fileprivate static let turns: Query = """
        numbered as (
            select id, repository_id, row_number() over (partition by repository_id order by run_at, id) as place
            from unthrottled
        ), wanted as (
            select repository_id, count(*) as events from unthrottled group by 1 order by 1
        ), turns as materialized (
            select n.id, n.repository_id, t.turn_at, t.turn_at > statement_timestamp() as is_later
            from wanted as w
            cross join lateral github_sync.take_turns(w.repository_id, w.events) as t
            join numbered as n on n.repository_id = w.repository_id and n.place = t.place
        )
        """
}

extension Connection {
    /// Applies the rate limits of repositories to the events of a claim that were not counted against them yet: events
    /// over the limit go back to the queue with a later due time, and use no retry.
    ///
    /// So does, until the next claim, an event whose limit went away meanwhile or whose row another transaction holds.
    /// Events are only locked where nobody else has them or one at a time, limits in the order of their keys: there is
    /// nothing to deadlock with.
    /// - Returns: the events that may be worked on now, and the repositories whose limit is used up.
    package func throttle(_ claim: Claim) throws -> (ready: Claim, throttled: [Int64]) {
        let limited = claim.events.filter { $0.limitedRepository != nil }.map(\.id)
        guard !limited.isEmpty else { return (claim, []) }
        let rows = try run(
            """
            with unthrottled as materialized (
                select id, repository_id, run_at
                from github_sync.github_webhook_events
                where id = any(\(limited)) and status = 'processing' and claim_token = \(claim.token)
                    and turn_at is null
                for update skip locked
            ), \(QueueTable.turns), ready as (
                update github_sync.github_webhook_events as e
                set turn_at = turns.turn_at, updated_at = now()
                from turns
                where e.id = turns.id and not turns.is_later
                returning e.id, e.repository_id, false as is_later
            ), later as (
                update github_sync.github_webhook_events as e
                set \(QueueTable.events.pending), turn_at = turns.turn_at, run_at = turns.turn_at
                from turns
                where e.id = turns.id and turns.is_later
                returning e.id, e.repository_id, true as is_later
            )
            select * from ready union all select * from later
            """
        )
        var undecided = Set(limited)
        var later: Set<UUID> = []
        var throttled: Set<Int64> = []
        for row in rows {
            let id: UUID = try row.get("id")
            undecided.remove(id)
            if try row.get("is_later") {
                later.insert(id)
                throttled.insert(try row.get("repository_id"))
            }
        }
        for id in limited where undecided.contains(id) { try release([id], token: claim.token) }
        let ready = claim.events.filter { !later.contains($0.id) && !undecided.contains($0.id) }
        return (Claim(token: claim.token, events: ready), throttled.sorted())
    }

    /// Applies the rate limits of these repositories to those of their events that are among the next `depth` in the
    /// queue, so that others behind them do not wait until each was claimed and put back.
    /// - Returns: how many events were counted against a limit.
    @discardableResult
    package func throttlePending(_ repositories: [Int64], depth: Int = 1000) throws -> Int {
        try run(
            """
            with head as materialized (
                select id, repository_id, turn_at from github_sync.github_webhook_events
                where status = 'pending' and run_at <= now()
                order by run_at, id
                limit \(depth)
            ), unthrottled as materialized (
                select e.id, e.repository_id, e.run_at
                from head join github_sync.github_webhook_events as e using (id)
                where head.repository_id = any(\(repositories)) and head.turn_at is null
                    and e.status = 'pending' and e.turn_at is null
                for update of e skip locked
            ), \(QueueTable.turns)
            update github_sync.github_webhook_events as e
            set turn_at = turns.turn_at, updated_at = now(),
                run_at = case when turns.is_later then turns.turn_at else e.run_at end
            from turns
            where e.id = turns.id
            returning e.id
            """
        ).count
    }
}
