import Database

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
                (select extract(epoch from now() - created_at)::float8 from oldest) as oldest_seconds,
                now() as at
            """,
            as: QueueStatus.self
        )
        return rows[0]
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

    func fleet() throws -> Fleet {
        let results = try run([
            """
            select state, count(*) as workers
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 day'
            group by state
            order by array_position(array['running', 'lost', 'stopped'], state)
            """,
            """
            select id, state, version, concurrency, processing, started_at, heartbeat_at
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 day'
            order by array_position(array['running', 'lost', 'stopped'], state), heartbeat_at desc
            limit 50
            """,
        ])
        return Fleet(
            workers: try results[1].map(FleetWorker.init(row:)),
            counts: try results[0].map { (state: try $0.get("state"), workers: try $0.get("workers")) }
        )
    }

    /// Those with most waiting first.
    func rateLimitedRepositories() throws -> [RateLimitedRepository] {
        try run(
            """
            select repository_id, repository_name, per_minute, waiting, last_turn
            from github_sync.github_rate_limits_waiting
            where waiting > 0
            order by waiting desc, repository_id
            limit 50
            """,
            as: RateLimitedRepository.self
        )
    }

    /// The events that failed last, newest first.
    func lastFailures(limit: Int) throws -> [EventSummary] {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, retry_count, repository_name, created_at, updated_at,
                left(error_message, 300) as error, left(result::text, 300) as result,
                result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue
            from github_sync.github_webhook_events
            where status = 'failed'
            order by updated_at desc
            limit \(limit)
            """,
            as: EventSummary.self
        )
    }
}
