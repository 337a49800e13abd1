import Database

extension Connection {
    /// The last five minutes, minute by minute and as a whole, and the last 60 seconds.
    ///
    /// What `github_throughput` counts for a whole hour, bounded to the minutes that are shown: in a busy hour lie
    /// millions of events. One walk gives both the minutes of the clock and the stretches up to now.
    func throughput() throws -> Throughput {
        let rows = try run(
            """
            with shown as (
                select date_trunc('minute', now()) - make_interval(mins => back) as minute
                from generate_series(0, 5) as back
            ),
            start as (select min(minute) as minute from shown),
            came as (
                select
                    date_trunc('minute', created_at) as minute,
                    count(*) as received,
                    count(*) filter (where created_at > now() - interval '60 seconds') as received_60,
                    count(*) filter (where created_at > now() - interval '300 seconds') as received_300
                from github_sync.github_webhook_events
                where id >= github_sync.first_event_id((select minute from start))
                    and created_at >= (select minute from start)
                group by 1
            ),
            went as (
                select
                    date_trunc('minute', processed_at) as minute,
                    count(*) filter (where status = 'completed') as completed,
                    count(*) filter (where status = 'failed') as failed,
                    count(*) filter (where status = 'completed' and age < 60) as completed_60,
                    count(*) filter (where status = 'failed' and age < 60) as failed_60,
                    count(*) filter (where status = 'completed' and age < 300) as completed_300,
                    count(*) filter (where status = 'failed' and age < 300) as failed_300
                from github_sync.github_webhook_events
                cross join lateral (select extract(epoch from now() - processed_at) as age) as passed
                where processed_at >= (select minute from start)
                group by 1
            )
            select
                shown.minute,
                coalesce(came.received, 0) as received,
                coalesce(came.received_60, 0) as received_60,
                coalesce(came.received_300, 0) as received_300,
                coalesce(went.completed, 0) as completed,
                coalesce(went.completed_60, 0) as completed_60,
                coalesce(went.completed_300, 0) as completed_300,
                coalesce(went.failed, 0) as failed,
                coalesce(went.failed_60, 0) as failed_60,
                coalesce(went.failed_300, 0) as failed_300
            from shown left join came using (minute) left join went using (minute)
            order by shown.minute desc
            """
        )
        // The sixth minute is there for what of it lies within 300 seconds.
        return Throughput(
            minutes: try rows.prefix(5).map {
                Throughput.Minute(start: try $0.get("minute"), counts: try Throughput.Counts(row: $0, suffix: ""))
            },
            lastMinute: try rows.map { try Throughput.Counts(row: $0, suffix: "_60") }.reduce(.init(), +),
            lastFiveMinutes: try rows.map { try Throughput.Counts(row: $0, suffix: "_300") }.reduce(.init(), +)
        )
    }
}
