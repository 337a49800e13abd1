import Base
import Database
import JSON

/// How many events were received and how many finished, how they ended and how fast they were, counted by one thing.
package struct EventStatistics: Sendable, Equatable, RowDecodable {
    /// What events are counted by.
    package enum Key: String, Sendable, CaseIterable {
        /// The start of it, in UTC; minutes only where events themselves are counted.
        case minute, hour, day, month
        /// GitHub's number of the repository.
        case repository
        case type
    }

    /// As the case of `Key` says; times as ISO 8601.
    package let key: String
    package let received: Int
    package let applied: Int
    package let superseded: Int
    package let ignored: Int
    package let failed: Int
    /// Seconds from receipt, or from the last replay, to completion; nil when nothing was completed.
    ///
    /// They are wrong by a factor of 1.19 at most.
    package let p50: Double?
    package let p95: Double?
    package let p99: Double?

    package init(row: Row) throws {
        key = try row.get("key")
        received = try row.get("received")
        applied = try row.get("applied")
        superseded = try row.get("superseded")
        ignored = try row.get("ignored")
        failed = try row.get("failed")
        p50 = try row.getIfPresent("p50")
        p95 = try row.getIfPresent("p95")
        p99 = try row.getIfPresent("p99")
    }

    package var completed: Int { applied + superseded + ignored }
    package var finished: Int { completed + failed }

    /// The part that did not fail, from 0 to 1; nil when nothing was finished.
    package var successRate: Double? { finished > 0 ? Double(completed) / Double(finished) : nil }

    package var json: JSONValue {
        .object([
            "key": .string(key), "received": .int(received), "completed": .int(completed), "applied": .int(applied),
            "superseded": .int(superseded), "ignored": .int(ignored), "failed": .int(failed),
            "success_rate": .optional(successRate), "p50": .optional(p50), "p95": .optional(p95), "p99": .optional(p99),
        ])
    }
}

/// Which events are counted; nil stands for all.
package struct StatisticsFilter: Sendable, Equatable {
    /// Received or finished in the hour that this time is in, or later.
    package var since: Timestamp
    /// Received or finished in an hour that began before this time.
    package var until: Timestamp?
    /// GitHub's number.
    package var repositoryID: Int64?
    package var type: EventType?
    /// Counts the events themselves, to the second, as long as they are kept: for a stretch of an hour or two.
    package var isExact: Bool

    package init(
        since: Timestamp,
        until: Timestamp? = nil,
        repositoryID: Int64? = nil,
        type: EventType? = nil,
        isExact: Bool = false
    ) {
        self.since = since
        self.until = until
        self.repositoryID = repositoryID
        self.type = type
        self.isExact = isExact
    }
}

extension Connection {
    /// What was received and finished, by one thing, in the order of its values; values without events are left out.
    ///
    /// What is counted in whole hours outlives the events themselves; longer ago than eight days it is in whole days.
    package func statistics(by key: EventStatistics.Key, _ filter: StatisticsFilter) throws -> [EventStatistics] {
        try statistics(by: [key], filter)[key] ?? []
    }

    /// The same by several things, with one look at the rows.
    package func statistics(
        by keys: [EventStatistics.Key],
        _ filter: StatisticsFilter
    ) throws -> [EventStatistics.Key: [EventStatistics]] {
        let rows = try run(filter.isExact ? Self.exact(by: keys, filter) : Self.hourly(by: keys, filter))
        return try rows.reduce(into: [:]) { found, row in
            // A bit for each key, the first one's the highest: 0 for that which the row is grouped by.
            let mask: Int = try row.get("mask")
            let key = keys.indices.first { mask >> (keys.count - 1 - $0) & 1 == 0 }
            if let key { found[keys[key], default: []].append(try EventStatistics(row: row)) }
        }
    }

    private static func hourly(by keys: [EventStatistics.Key], _ filter: StatisticsFilter) -> Query {
        let sets = keys.indices.map { "(\(column($0)), outcome, bucket)" as Query }
        return """
            with uncounted as materialized (
                -- The hour that is not over, and others that no worker has counted yet.
                select
                    date_trunc('hour', github_sync.received_at(id)) as hour,
                    coalesce(repository_id, 0) as repository_id, event_type, count(*) as events
                from github_sync.github_webhook_events
                where id >= github_sync.first_event_id(greatest(
                    date_trunc('hour', \(filter.since)::timestamptz),
                    (select max(hour) + interval '1 hour' from github_sync.github_event_receipts)
                ))
                group by 1, 2, 3
            ), grouped as materialized (
                select
                    grouping(\(list(keys.indices.map(column)))) as mask, \(text(of: keys)) as key, outcome, bucket,
                    sum(events) as events
                from (
                    select \(columns(of: keys, at: "hour")), outcome, bucket, events
                    from (
                        select hour, repository_id, event_type, outcome, bucket, events
                        from github_sync.github_event_stats
                        union all
                        select hour, repository_id, event_type, 'received', 0, events
                        from github_sync.github_event_receipts
                        union all
                        select hour, repository_id, event_type, 'received', 0, events from uncounted
                    ) as counted
                    where hour >= date_trunc('hour', \(filter.since)::timestamptz)
                        and (\(filter.until) is null or hour < \(filter.until))
                        and (\(filter.repositoryID) is null or repository_id = \(filter.repositoryID))
                        and (\(filter.type) is null or event_type = \(filter.type))
                ) as chosen
                group by grouping sets (\(list(sets)))
            ), totals as (
                select
                    mask, key,
                    coalesce(sum(events) filter (where outcome = 'received'), 0)::bigint as received,
                    coalesce(sum(events) filter (where outcome = 'applied'), 0)::bigint as applied,
                    coalesce(sum(events) filter (where outcome = 'superseded'), 0)::bigint as superseded,
                    coalesce(sum(events) filter (where outcome = 'ignored'), 0)::bigint as ignored,
                    coalesce(sum(events) filter (where outcome = 'failed'), 0)::bigint as failed
                from grouped
                group by mask, key
            ), ranked as (
                select
                    mask, key, bucket,
                    sum(sum(events)) over (partition by mask, key order by bucket) as up_to,
                    sum(sum(events)) over (partition by mask, key) as all_of_them
                from grouped
                where outcome not in ('failed', 'received')
                group by mask, key, bucket
            ), percentiles as (
                select
                    mask, key,
                    min(bucket) filter (where up_to >= 0.5 * all_of_them) as p50,
                    min(bucket) filter (where up_to >= 0.95 * all_of_them) as p95,
                    min(bucket) filter (where up_to >= 0.99 * all_of_them) as p99
                from ranked
                group by mask, key
            )
            select
                totals.*,
                github_sync.latency_of(p50) as p50, github_sync.latency_of(p95) as p95,
                github_sync.latency_of(p99) as p99
            from totals left join percentiles using (mask, key)
            order by mask, key
            """
    }

    /// As many rows as were received or finished in the stretch are read, and their percentiles are exact.
    private static func exact(by keys: [EventStatistics.Key], _ filter: StatisticsFilter) -> Query {
        """
        select
            grouping(\(list(keys.indices.map(column)))) as mask, \(text(of: keys)) as key,
            count(*) filter (where outcome = 'received') as received,
            count(*) filter (where outcome not in ('superseded', 'ignored', 'failed', 'received')) as applied,
            count(*) filter (where outcome = 'superseded') as superseded,
            count(*) filter (where outcome = 'ignored') as ignored,
            count(*) filter (where outcome = 'failed') as failed,
            percentile_cont(0.5) within group (order by seconds) as p50,
            percentile_cont(0.95) within group (order by seconds) as p95,
            percentile_cont(0.99) within group (order by seconds) as p99
        from (
            select \(columns(of: keys, at: "at")), outcome, seconds
            from (
                select
                    processed_at as at, event_type, coalesce(repository_id, 0) as repository_id,
                    case when status = 'failed' then 'failed' else coalesce(result ->> 'outcome', 'applied') end
                        as outcome,
                    case when status = 'completed'
                        then extract(epoch from processed_at - coalesce(replayed_at, created_at))::float8
                    end as seconds
                from github_sync.github_webhook_events
                where processed_at >= \(filter.since) and status in ('completed', 'failed')
                union all
                select github_sync.received_at(id), event_type, coalesce(repository_id, 0), 'received', null
                from github_sync.github_webhook_events
                where id >= github_sync.first_event_id(\(filter.since))
            ) as event
            where (\(filter.until) is null or at < \(filter.until))
                and (\(filter.repositoryID) is null or repository_id = \(filter.repositoryID))
                and (\(filter.type) is null or event_type = \(filter.type))
        ) as chosen
        group by grouping sets (\(list(keys.indices.map { "(\(column($0)))" })))
        order by mask, key
        """
    }

    // MARK: Keys of a statement with several

    private static func list(_ parts: [Query]) -> Query { parts.dropFirst().reduce(parts[0]) { "\($0), \($1)" } }

    private static func column(_ number: Int) -> Query { ["key_0", "key_1", "key_2"][number] }

    private static func columns(of keys: [EventStatistics.Key], at time: Query) -> Query {
        list(keys.indices.map { "\(keys[$0].value(at: time)) as \(column($0))" })
    }

    private static func text(of keys: [EventStatistics.Key]) -> Query {
        "coalesce(\(list(keys.indices.map { keys[$0].text(of: column($0)) })))"
    }

    /// The names of repositories as Plane knows them, by GitHub's numbers; of one that was never connected there is none.
    package func repositoryNames() throws -> [Int64: String] {
        try run(
            """
            select repository_id, owner || '/' || name as name from public.github_repositories
            order by deleted_at nulls last
            """
        ).reduce(into: [:]) { names, row in
            let id: Int64 = try row.get("repository_id")
            if names[id] == nil { names[id] = try row.get("name") }
        }
    }
}

extension EventStatistics.Key {
    /// What a row is counted by whose column `time` says when it was received or finished.
    fileprivate func value(at time: Query) -> Query {
        switch self {
        // date_bin only reckons, where date_trunc looks into the rules of a time zone for each row.
        case .minute: "date_bin('1 minute', \(time), 'epoch')"
        case .hour: "date_bin('1 hour', \(time), 'epoch')"
        case .day: "date_bin('1 day', \(time), 'epoch')"
        case .month: "date_trunc('month', \(time), 'UTC')"
        case .repository: "repository_id"
        case .type: "event_type"
        }
    }

    fileprivate func text(of value: Query) -> Query {
        switch self {
        case .repository: "\(value)::text"
        case .type: value
        default: #"to_char(\#(value) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#
        }
    }
}
