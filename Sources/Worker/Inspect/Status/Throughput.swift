import Base
import Database
import JSON

/// How many events were received, completed and failed lately.
package struct Throughput: Sendable, Equatable {
    package struct Counts: Sendable, Equatable {
        package var received = 0
        package var completed = 0
        package var failed = 0
    }

    package struct Minute: Sendable, Equatable {
        package let start: Timestamp
        package let counts: Counts
    }

    /// The current minute and the four before it, newest first, also those without events.
    package let minutes: [Minute]
    /// In the last 60 seconds.
    package let lastMinute: Counts
    /// In the last 300 seconds.
    package let lastFiveMinutes: Counts

    /// What `github_throughput` counts for a whole hour, here only for the minutes that are shown.
    ///
    /// An hour of a busy system holds millions of events. One walk gives both the minutes of the clock and the
    /// stretches up to now.
    package static let read = Read(
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
    ) { rows in
        // The sixth minute is there for the part of it that lies within the last 300 seconds.
        Throughput(
            minutes: try rows.prefix(5).map { Minute(start: try $0.get("minute"), counts: try Counts(row: $0)) },
            lastMinute: try rows.map { try Counts(row: $0, suffix: "_60") }.reduce(.init(), +),
            lastFiveMinutes: try rows.map { try Counts(row: $0, suffix: "_300") }.reduce(.init(), +)
        )
    }

    package var minutesJSON: JSONValue {
        .array(
            minutes.map { minute in
                .members([("minute", .string(minute.start.description))] + minute.counts.members { .int($0) })
            }
        )
    }

    /// Per second.
    package var ratesJSON: JSONValue {
        .object([
            "last_minute": .members(lastMinute.members { .double(Double($0) / 60) }),
            "last_5_minutes": .members(lastFiveMinutes.members { .double(Double($0) / 300) }),
        ])
    }
}

extension Throughput.Counts {
    package init(row: Row, suffix: String = "") throws {
        received = try row.get("received\(suffix)")
        completed = try row.get("completed\(suffix)")
        failed = try row.get("failed\(suffix)")
    }

    package static func + (lhs: Self, rhs: Self) -> Self {
        Self(
            received: lhs.received + rhs.received,
            completed: lhs.completed + rhs.completed,
            failed: lhs.failed + rhs.failed
        )
    }

    fileprivate func members(_ value: (Int) -> JSONValue) -> [(String, JSONValue)] {
        [("received", value(received)), ("completed", value(completed)), ("failed", value(failed))]
    }
}
