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

    /// Counts what was received in hours that are over, at most six at once, from the first that is not counted.
    ///
    /// The six before it are counted anew: what a node kept while it could not reach the database has ids of that time.
    /// A count never falls, because events of that hour may have been deleted since. While no hour is to be counted this
    /// is a look at the ends of two indexes.
    func countReceipts() throws {
        try run(
            """
            with first as materialized (
                select date_trunc('hour', github_sync.received_at(id)) as hour
                from github_sync.github_webhook_events
                where id >= github_sync.first_event_id(
                    coalesce(
                        (select max(hour) + interval '1 hour' from github_sync.github_event_receipts), '-infinity'
                    )
                )
                order by id
                limit 1
            ), stretch as materialized (
                select
                    hour - interval '6 hours' as beginning,
                    -- Nodes have clocks of their own and store what they receive a moment later.
                    least(hour + interval '6 hours', date_trunc('hour', now() - interval '5 minutes')) as ending
                from first
                where case
                    when hour < date_trunc('hour', now() - interval '5 minutes')
                        then pg_try_advisory_xact_lock(\(Self.receiptsLock))
                end
            )
            insert into github_sync.github_event_receipts as r
            select
                date_trunc('hour', github_sync.received_at(e.id)), coalesce(e.repository_id, 0), e.event_type, count(*)
            from stretch
            inner join github_sync.github_webhook_events as e
                on e.id >= github_sync.first_event_id(stretch.beginning)
                and e.id < github_sync.first_event_id(stretch.ending)
            group by 1, 2, 3
            on conflict (hour, repository_id, event_type) do update
            set events = excluded.events
            where r.events < excluded.events
            """
        )
    }

    /// One worker at a time counts them.
    ///
    /// The key is "gsyncr" in ASCII.
    private static let receiptsLock: Int64 = 113_745_656_177_522

    /// Adds up what the sessions counted apart in hours that are over, and the hours of days that are eight days past.
    ///
    /// A transaction that began in such an hour may still add to it; the next call takes that. Of an older day the hours
    /// stay apart if no worker ran for days.
    func addUpStatistics(limit: Int = 1_000) throws {
        try run(
            """
            with apart as materialized (
                select s.*, s.hour as added_to
                from github_sync.github_event_stats as s
                where shard <> 0 and hour < date_trunc('hour', now())
                order by hour, repository_id, event_type, outcome, bucket, shard
                limit \(limit)
                for update skip locked
            ), days as materialized (
                select s.*, date_trunc('day', s.hour, 'UTC') as added_to
                from generate_series(
                    date_trunc('day', now(), 'UTC') - interval '11 days',
                    date_trunc('day', now(), 'UTC') - interval '8 days' - interval '1 hour', '1 hour'
                ) as past (hour)
                inner join github_sync.github_event_stats as s on s.hour = past.hour and s.shard = 0
                where past.hour <> date_trunc('day', past.hour, 'UTC')
                order by s.hour, repository_id, event_type, outcome, bucket
                limit \(limit)
                for update of s skip locked
            ), moved as (
                select * from apart union all select * from days
            ), taken as (
                delete from github_sync.github_event_stats as s
                using moved as a
                where s.hour = a.hour and s.repository_id = a.repository_id and s.event_type = a.event_type
                    and s.outcome = a.outcome and s.bucket = a.bucket and s.shard = a.shard
                returning a.added_to, s.repository_id, s.event_type, s.outcome, s.bucket, s.events
            )
            insert into github_sync.github_event_stats as s
            select added_to, repository_id, event_type, outcome, bucket, 0, sum(events)
            from taken
            group by 1, 2, 3, 4, 5
            order by 1, 2, 3, 4, 5
            on conflict (hour, repository_id, event_type, outcome, bucket, shard) do update
            set events = s.events + excluded.events
            """
        )
    }
}
