import Database
import Foundation

extension Connection {
    /// Gives each event of the claim that needs one its turn under its repository's rate limit.
    ///
    /// An event whose turn is later goes back until then, and costs no retry. So does, until the next claim, one whose
    /// limit went away meanwhile or whose row another transaction holds. Events are only locked where nobody else has
    /// them or one at a time, limits in the order of their keys: there is nothing to deadlock with.
    /// - Returns: what may be worked on now, and the repositories of which something has to wait.
    package func giveTurns(to claim: Claim) throws -> (ready: Claim, crowded: [Int64]) {
        let limited = claim.events.filter { $0.limitedRepository != nil }
        guard !limited.isEmpty else { return (claim, []) }
        let rows = try run(
            """
            with claimed as materialized (
                select id, repository_id, run_at
                from github_sync.github_webhook_events
                where id = any(\(limited.map(\.id)))
                    and status = 'processing' and claim_token = \(claim.token) and turn_at is null
                for update skip locked
            ), numbered as (
                select id, repository_id, row_number() over (partition by repository_id order by run_at, id) as place
                from claimed
            ), wanted as (
                select repository_id, count(*) as events from claimed group by 1 order by 1
            ), turns as materialized (
                select n.id, n.repository_id, t.turn_at, t.turn_at > statement_timestamp() as is_later
                from wanted as w
                cross join lateral github_sync.take_turns(w.repository_id, w.events) as t
                join numbered as n on n.repository_id = w.repository_id and n.place = t.place
            )
            update github_sync.github_webhook_events as e
            set turn_at = turns.turn_at,
                status = case when is_later then 'pending' else e.status end,
                claim_token = case when is_later then null else e.claim_token end,
                claimed_by = case when is_later then null else e.claimed_by end,
                lease_until = case when is_later then null else e.lease_until end,
                run_at = case when is_later then turns.turn_at else e.run_at end,
                updated_at = now()
            from turns
            where e.id = turns.id
            returning e.id, e.repository_id, is_later
            """
        )
        var undecided = Set(limited.map(\.id))
        var later: Set<UUID> = []
        var crowded: Set<Int64> = []
        for row in rows {
            let id: UUID = try row.get("id")
            undecided.remove(id)
            if try row.get("is_later") {
                later.insert(id)
                crowded.insert(try row.get("repository_id"))
            }
        }
        for event in limited where undecided.contains(event.id) {
            try release(claim.only(event))
        }
        let ready = claim.events.filter { !later.contains($0.id) && !undecided.contains($0.id) }
        return (Claim(token: claim.token, events: ready), crowded.sorted())
    }

    /// Gives turns to those events of these repositories that are among the next `depth` in line, so that others behind
    /// them do not wait until each was claimed and put back.
    /// - Returns: how many turns were given.
    @discardableResult
    package func giveTurnsAhead(_ repositories: [Int64], depth: Int = 1000) throws -> Int {
        try run(
            """
            with ahead as materialized (
                select id, repository_id, turn_at from github_sync.github_webhook_events
                where status = 'pending' and run_at <= now()
                order by run_at, id
                limit \(depth)
            ), due as materialized (
                select e.id, e.repository_id, e.run_at
                from ahead join github_sync.github_webhook_events as e using (id)
                where ahead.repository_id = any(\(repositories)) and ahead.turn_at is null
                    and e.status = 'pending' and e.turn_at is null
                for update of e skip locked
            ), numbered as (
                select id, repository_id, row_number() over (partition by repository_id order by run_at, id) as place
                from due
            ), wanted as (
                select repository_id, count(*) as events from due group by 1 order by 1
            ), turns as materialized (
                select n.id, t.turn_at
                from wanted as w
                cross join lateral github_sync.take_turns(w.repository_id, w.events) as t
                join numbered as n on n.repository_id = w.repository_id and n.place = t.place
            )
            update github_sync.github_webhook_events as e
            set turn_at = turns.turn_at,
                run_at = case when turns.turn_at > statement_timestamp() then turns.turn_at else e.run_at end,
                updated_at = now()
            from turns
            where e.id = turns.id
            returning e.id
            """
        ).count
    }
}
