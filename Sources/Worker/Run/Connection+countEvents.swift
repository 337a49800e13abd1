import Database
import Foundation

extension Connection {
    /// Adds to the statistics what they lack: failed events, and what a program finished that did not know them.
    ///
    /// Each event is marked in the same statement, so it is counted once. Without any this is a look at an empty index.
    /// - Returns: how many were counted.
    @discardableResult
    func countEvents(limit: Int = 500) throws -> Int {
        try run(
            """
            with missing as materialized (
                select id from github_sync.github_webhook_events
                where counted is null and processed_at is not null
                order by id
                limit \(limit)
                for no key update skip locked
            ), marked as (
                update github_sync.github_webhook_events as e
                set counted = true
                from missing
                where e.id = missing.id
                returning date_trunc('hour', e.processed_at) as hour, coalesce(e.repository_id, 0) as repository_id,
                    e.event_type,
                    case
                        when e.status = 'failed' then 'failed'
                        when e.result ->> 'outcome' in ('superseded', 'ignored') then e.result ->> 'outcome'
                        else 'applied'
                    end as outcome,
                    github_sync.latency_bucket(
                        extract(epoch from e.processed_at - coalesce(e.replayed_at, e.created_at))::float8
                    ) as bucket
            ), counted as (
                insert into github_sync.github_event_stats as s
                select hour, repository_id, event_type, outcome, bucket, 0, count(*)
                from marked
                group by 1, 2, 3, 4, 5
                order by 1, 2, 3, 4, 5
                on conflict (hour, repository_id, event_type, outcome, bucket, shard) do update
                set events = s.events + excluded.events
            )
            select count(*) as events from marked
            """
        )[0].get("events")
    }

    /// Adds up what the sessions counted apart in hours that are over.
    ///
    /// A transaction that began in such an hour may still add to it; the next call takes that.
    func addUpStatistics(limit: Int = 1_000) throws {
        try run(
            """
            with apart as materialized (
                select hour, repository_id, event_type, outcome, bucket, shard
                from github_sync.github_event_stats
                where shard <> 0 and hour < date_trunc('hour', now())
                order by hour, repository_id, event_type, outcome, bucket, shard
                limit \(limit)
                for update skip locked
            ), taken as (
                delete from github_sync.github_event_stats as s
                using apart as a
                where s.hour = a.hour and s.repository_id = a.repository_id and s.event_type = a.event_type
                    and s.outcome = a.outcome and s.bucket = a.bucket and s.shard = a.shard
                returning s.*
            )
            insert into github_sync.github_event_stats as s
            select hour, repository_id, event_type, outcome, bucket, 0, sum(events)
            from taken
            group by 1, 2, 3, 4, 5
            order by 1, 2, 3, 4, 5
            on conflict (hour, repository_id, event_type, outcome, bucket, shard) do update
            set events = s.events + excluded.events
            """
        )
    }
}
