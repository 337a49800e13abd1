import Base
import Database
import Foundation

/// Why a call must not be made now.
struct CallRefusal: RowDecodable, Equatable {
    let kind: RateLimit.Kind
    /// When to try again, with jitter, so that who was refused together does not come back together.
    let until: Timestamp
    let wait: Duration

    init(row: Row) throws {
        kind = try row.get("kind")
        until = try row.get("until")
        wait = .seconds(try row.get("wait", as: Double.self))
    }
}

extension RateLimit.Kind: SQLValue {}

extension Connection {
    /// Counts a call before it is made, and gives it a slot for as long as it may take.
    ///
    /// GitHub wants writes a second apart, and no more than 80 a minute and 500 an hour; a second apart are never more
    /// than 60. At most four calls are made at the same time, far below the hundred that GitHub allows.
    /// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    /// - Returns: nil if the call may be made now.
    func reserve(_ call: PlannedCall, lease: Duration) throws -> CallRefusal? {
        let (principal, resource) = (call.principal, call.resource)
        let verdict = Read(
            """
            with known as materialized (
                select
                    p.blocked_until, p.next_write_at, p.recent_writes, b.rl_limit,
                    case when w.is_over then b.rl_limit else b.remaining end as remaining,
                    case when w.is_over then b.reset_at + interval '1 second' else b.reset_at end as reset_at,
                    case
                        when w.is_over then statement_timestamp() + interval '1 hour' else b.rolls_at
                    end as rolls_at,
                    (
                        select s.slot from github_sync.github_call_slots as s
                        where s.principal = p.principal and s.lease_until <= statement_timestamp()
                        order by s.slot limit 1
                    ) as slot
                from github_sync.github_principals as p
                join github_sync.github_budget as b using (principal)
                cross join lateral (
                    select coalesce(b.rolls_at <= statement_timestamp(), false) as is_over
                ) as w
                where p.principal = \(principal) and b.resource = \(resource)
            ), verdict as materialized (
                select
                    *,
                    greatest(
                        case when blocked_until > statement_timestamp() then blocked_until end,
                        case when remaining <= rl_limit * \(call.priority.reserve) then rolls_at end,
                        case when \(call.isWrite) and next_write_at > statement_timestamp() then next_write_at end,
                        case when slot is null then statement_timestamp() + interval '250 milliseconds' end
                    ) as retry_at
                from known
            ), counted as (
                update github_sync.github_budget as b
                set remaining = v.remaining - 1, reset_at = v.reset_at, rolls_at = v.rolls_at
                from verdict as v
                where b.principal = \(principal) and b.resource = \(resource) and v.retry_at is null
            ), leased as (
                update github_sync.github_call_slots as s
                set call_id = \(call.id), reset_at = v.reset_at,
                    lease_until = statement_timestamp() + make_interval(secs => \(lease / .seconds(1)))
                from verdict as v
                where s.principal = \(principal) and s.slot = v.slot and v.retry_at is null
            ), written as (
                update github_sync.github_principals as p
                set recent_writes = w.times,
                    next_write_at = greatest(
                        statement_timestamp() + interval '1 second',
                        case when cardinality(w.times) >= 500 then w.times[1] + interval '1 hour' end
                    )
                from verdict as v
                cross join lateral (
                    select
                        case when cardinality(v.recent_writes) >= 500 then v.recent_writes[2:] else v.recent_writes end
                        || statement_timestamp() as times
                ) as w
                where p.principal = \(principal) and v.retry_at is null and \(call.isWrite)
            )
            select
                case
                    when v.blocked_until > statement_timestamp() then 'secondary'
                    when v.remaining <= 0 then 'primary'
                    else 'own'
                end as kind,
                j.until, extract(epoch from j.until - statement_timestamp())::float8 as wait
            from verdict as v
            cross join lateral (select \(Query.withJitter("v.retry_at")) as until) as j
            where v.retry_at is not null
            """,
            as: CallRefusal.self
        )
        return try run(verdict, after: beginnings(of: call), within: .seconds(5)).first
    }

    /// The rows of a principal's first call, and the lock on its row.
    private func beginnings(of call: PlannedCall) -> [Query] {
        [
            """
            insert into github_sync.github_principals (principal) values (\(call.principal)) on conflict do nothing
            """,
            .locking(call.principal),
            """
            insert into github_sync.github_budget (principal, resource) values (\(call.principal), \(call.resource))
            on conflict do nothing
            """,
            """
            insert into github_sync.github_call_slots (principal, slot)
            select \(call.principal), slot from generate_series(1, 4) as slot on conflict do nothing
            """,
        ]
    }
}

extension Query {
    /// Lets one at a time change what is known of a principal.
    ///
    /// A statement of its own, so that the next one sees what the one before has committed.
    static func locking(_ principal: Principal) -> Query {
        "select from github_sync.github_principals where principal = \(principal) for no key update"
    }

    /// A later time, by chance: up to a tenth of the wait, and a little more, but no more than half a minute.
    static func withJitter(_ time: Query) -> Query {
        """
        \(time) + random() * (
            interval '100 milliseconds' + least((\(time) - statement_timestamp()) / 10, interval '30 seconds')
        )
        """
    }
}
