import Shared

extension Connection {
    /// Every count is of rows a partial index holds, or of the last hour.
    ///
    /// The pending rows are read once from the index claims use, without touching the table: the planner might take the
    /// primary key for "the first pending" and walk over everything completed before it.
    func queueStatus() throws -> QueueStatus {
        let rows = try run(
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
                (select extract(epoch from now() - created_at)::float8 from oldest) as oldest_seconds
            """,
            as: QueueStatus.self
        )
        return rows[0]
    }

    /// The minute that runs and those before it, newest first, quiet ones too.
    ///
    /// What `github_throughput` counts for a whole hour, bounded to the minutes that are shown: in a busy hour lie
    /// millions of events.
    func throughput(minutes: Int) throws -> [MinuteThroughput] {
        try run(
            """
            with shown as (
                select date_trunc('minute', now()) - make_interval(mins => back) as minute
                from generate_series(0, \(minutes)::int - 1) as back
            ),
            start as (select min(minute) as minute from shown),
            came as (
                select date_trunc('minute', created_at) as minute, count(*) as received
                from github_sync.github_webhook_events
                where id >= github_sync.first_event_id((select minute from start))
                    and created_at >= (select minute from start)
                group by 1
            ),
            went as (
                select
                    date_trunc('minute', processed_at) as minute,
                    count(*) filter (where status = 'completed') as completed,
                    count(*) filter (where status = 'failed') as failed
                from github_sync.github_webhook_events
                where processed_at >= (select minute from start)
                group by 1
            )
            select
                shown.minute,
                coalesce(came.received, 0) as received,
                coalesce(went.completed, 0) as completed,
                coalesce(went.failed, 0) as failed
            from shown left join came using (minute) left join went using (minute)
            order by shown.minute desc
            """,
            as: MinuteThroughput.self
        )
    }

    /// Of the last hour, or of the newest 10,000 completions when there were more.
    func latency() throws -> QueueLatency {
        let rows = try run(
            """
            with finished as materialized (
                select
                    extract(epoch from claimed_at - created_at) as claim,
                    extract(epoch from processed_at - created_at) as complete
                from github_sync.github_webhook_events
                where processed_at >= now() - interval '1 hour' and status = 'completed'
                order by processed_at desc
                limit 10000
            )
            select
                count(*) as events,
                percentile_cont(0.5) within group (order by claim) as claim_p50,
                percentile_cont(0.99) within group (order by claim) as claim_p99,
                percentile_cont(0.5) within group (order by complete) as complete_p50,
                percentile_cont(0.99) within group (order by complete) as complete_p99
            from finished
            """,
            as: QueueLatency.self
        )
        return rows[0]
    }

    func fleet() throws -> [FleetWorker] {
        try run(
            """
            select id, state, version, concurrency, processing, started_at, heartbeat_at
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 day'
            order by state = 'running' desc, heartbeat_at desc
            limit 50
            """,
            as: FleetWorker.self
        )
    }

    /// The events that failed last, newest first.
    func lastFailures(limit: Int) throws -> [EventSummary] {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, retry_count, repository_name, created_at, updated_at,
                left(error_message, 300) as error, left(result::text, 300) as result
            from github_sync.github_webhook_events
            where status = 'failed'
            order by updated_at desc
            limit \(limit)
            """,
            as: EventSummary.self
        )
    }
}
