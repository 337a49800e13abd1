import Base
import Database
import Inspect
import JSON

/// What happened in one minute.
struct MinuteCounts: RowDecodable, Equatable {
    let minute: Timestamp
    let received: Int
    let completed: Int
    let failed: Int

    init(row: Row) throws {
        minute = try row.get("minute")
        received = try row.get("received")
        completed = try row.get("completed")
        failed = try row.get("failed")
    }

    /// The last 60 minutes, the oldest first, also those in which nothing happened.
    static let lastHour = Read(
        """
        select
            shown.minute, coalesce(t.received, 0) as received, coalesce(t.completed, 0) as completed,
            coalesce(t.failed, 0) as failed
        from generate_series(
                date_trunc('minute', now()) - interval '59 minutes', date_trunc('minute', now()), interval '1 minute'
            ) as shown (minute)
            left join github_sync.github_throughput as t on t.minute = shown.minute
        order by shown.minute
        """,
        as: MinuteCounts.self
    )

    var json: JSONValue {
        .object([
            "minute": .string(minute.description), "received": .int(received), "completed": .int(completed),
            "failed": .int(failed),
        ])
    }
}

/// How many events of a type wait, or are worked on, by how long ago they came.
struct QueueAge: RowDecodable, Equatable {
    let type: String
    /// Events younger than a minute, ten minutes, an hour, a day, and older ones.
    let byAge: [Int]

    var total: Int { byAge.reduce(0, +) }

    static let ages = ["< 1 min", "1 min", "10 min", "1 h", "≥ 1 d"]

    init(row: Row) throws {
        type = try row.get("event_type")
        byAge = try ["under_minute", "minute", "ten_minutes", "hour", "day"].map { try row.get($0) }
    }

    static let read = Read(
        """
        select
            event_type,
            coalesce(sum(events) filter (where at_least = interval '0'), 0)::bigint as under_minute,
            coalesce(sum(events) filter (where at_least = interval '1 minute'), 0)::bigint as minute,
            coalesce(sum(events) filter (where at_least = interval '10 minutes'), 0)::bigint as ten_minutes,
            coalesce(sum(events) filter (where at_least = interval '1 hour'), 0)::bigint as hour,
            coalesce(sum(events) filter (where at_least = interval '1 day'), 0)::bigint as day
        from github_sync.github_queue_ages
        group by event_type
        order by sum(events) desc, event_type
        """,
        as: QueueAge.self
    )

    var json: JSONValue {
        .object(["event_type": .string(type), "by_age": .array(byAge.map(JSONValue.int))])
    }
}

/// Everything that the overview shows, at one moment.
struct OverviewReading: Sendable {
    let status: StatusReading
    /// The newest events.
    let latest: [EventSummary]
    let slow: Slow

    /// What may be some seconds old, because reading it takes longer the more there is.
    struct Slow: Sendable {
        let minutes: [MinuteCounts]
        let ages: [QueueAge]
        let nodes: [IngestNode]
        let checks: [CheckedFinding]

        var failedLastHour: Int { minutes.reduce(0) { $0 + $1.failed } }
    }

    /// The keys of `plane-worker status --json`, and what only the page shows.
    var json: JSONValue {
        guard case .members(let members) = status.json else { return status.json }
        return .members(
            members + [
                ("last_hour", .array(slow.minutes.map(\.json))),
                ("queue_ages", .array(slow.ages.map(\.json))),
                ("ingest_nodes", .array(slow.nodes.map(\.json))),
                ("latest", .array(latest.map(\.json))),
                ("checks", .array(slow.checks.map { $0.finding.json(check: $0.check) })),
            ]
        )
    }
}

extension Connection {
    func overviewSlowParts(checks: [CheckedFinding]) throws -> OverviewReading.Slow {
        let (minutes, ages, nodes) = try run(MinuteCounts.lastHour, QueueAge.read, IngestNode.read)
        return OverviewReading.Slow(minutes: minutes, ages: ages, nodes: nodes, checks: checks)
    }
}
