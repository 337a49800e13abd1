import Base
import Database
import JSON

/// The queue at one moment.
package struct QueueStatus: RowDecodable, Equatable {
    package let due: Int
    package let later: Int
    package let processing: Int
    package let failed: Int
    /// In the last hour.
    package let completed: Int
    /// The age of the pending event that was received first; nil when none is pending.
    package let oldestSeconds: Double?
    /// By the database's clock.
    package let at: Timestamp

    package init(row: Row) throws {
        due = try row.get("due")
        later = try row.get("later")
        processing = try row.get("processing")
        failed = try row.get("failed")
        completed = try row.get("completed")
        oldestSeconds = try row.getIfPresent("oldest_seconds")
        at = try row.get("at")
    }

    package var json: JSONValue {
        .object([
            "pending_due": .int(due),
            "pending_later": .int(later),
            "processing": .int(processing),
            "failed": .int(failed),
            "completed_last_hour": .int(completed),
            "oldest_pending_seconds": .optional(oldestSeconds),
        ])
    }

    /// Each count is of rows that a partial index holds, or of the last hour.
    ///
    /// The pending rows are read once, from the index that claims use. Otherwise the planner might look for the first
    /// pending one in the primary key, and walk over everything completed before it.
    package static let read = Read(
        """
        with waiting as materialized (
            select id, run_at from github_sync.github_webhook_events where status = 'pending'
        ),
        oldest as (
            select event.created_at
            from github_sync.github_webhook_events as event
            where event.id = (select id from waiting order by id limit 1)
        )
        select
            (select count(*) from waiting where run_at <= now()) as due,
            (select count(*) from waiting where run_at > now()) as later,
            (select count(*) from github_sync.github_webhook_events where status = 'processing') as processing,
            (select count(*) from github_sync.github_webhook_events where status = 'failed') as failed,
            (
                select count(*) from github_sync.github_webhook_events
                where processed_at >= now() - interval '1 hour' and status = 'completed'
            ) as completed,
            (select extract(epoch from now() - created_at)::float8 from oldest) as oldest_seconds,
            now() as at
        """
    ) { try QueueStatus(row: $0[0]) }
}

/// Seconds from receipt, or from the last replay, to claim and to completion; nil when nothing was completed.
package struct QueueLatency: RowDecodable, Equatable {
    /// How many events the figures are computed from.
    package let events: Int
    package let claimP50: Double?
    package let claimP95: Double?
    package let claimP99: Double?
    package let completeP50: Double?
    package let completeP95: Double?
    package let completeP99: Double?

    package init(row: Row) throws {
        events = try row.get("events")
        claimP50 = try row.getIfPresent("claim_p50")
        claimP95 = try row.getIfPresent("claim_p95")
        claimP99 = try row.getIfPresent("claim_p99")
        completeP50 = try row.getIfPresent("complete_p50")
        completeP95 = try row.getIfPresent("complete_p95")
        completeP99 = try row.getIfPresent("complete_p99")
    }

    package var json: JSONValue {
        .object([
            "events": .int(events),
            "claim_p50": .optional(claimP50),
            "claim_p95": .optional(claimP95),
            "claim_p99": .optional(claimP99),
            "complete_p50": .optional(completeP50),
            "complete_p95": .optional(completeP95),
            "complete_p99": .optional(completeP99),
        ])
    }

    /// Of the last hour, or of the newest 10,000 completions when there were more.
    package static let read = Read(
        """
        with finished as materialized (
            select
                extract(epoch from claimed_at - coalesce(replayed_at, created_at)) as claim,
                extract(epoch from processed_at - coalesce(replayed_at, created_at)) as complete
            from github_sync.github_webhook_events
            where processed_at >= now() - interval '1 hour' and status = 'completed'
            order by processed_at desc
            limit 10000
        )
        select
            count(*) as events,
            percentile_cont(0.5) within group (order by claim) as claim_p50,
            percentile_cont(0.95) within group (order by claim) as claim_p95,
            percentile_cont(0.99) within group (order by claim) as claim_p99,
            percentile_cont(0.5) within group (order by complete) as complete_p50,
            percentile_cont(0.95) within group (order by complete) as complete_p95,
            percentile_cont(0.99) within group (order by complete) as complete_p99
        from finished
        """
    ) { try QueueLatency(row: $0[0]) }
}
