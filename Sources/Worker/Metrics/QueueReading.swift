import Shared

/// How the queue stands, for all workers together.
struct QueueReading: Sendable, Equatable {
    /// From receipt of the event that is next in line to now; 0 when none waits.
    let oldestPending: Duration
    /// Nil when counting took too long: a backlog of many millions.
    let counts: Counts?
    /// Pending events that wait for a turn; nil when counting them took too long.
    let limited: Int?
    let fleet: Fleet

    struct Counts: Sendable, Equatable, RowDecodable {
        let pending: Int
        let processing: Int
        let failed: Int

        init(row: Row) throws {
            pending = try row.get("pending")
            processing = try row.get("processing")
            failed = try row.get("failed")
        }
    }

    struct Fleet: Sendable, Equatable {
        let running: Int
        /// In the last hour.
        let lost: Int
    }
}

extension Connection {
    /// Looks at the queue; each of the statements ends after a second, on the server too.
    func queueReading() throws -> QueueReading {
        // By the order of claims: the index gives the first row, whatever the length of the queue.
        let next = try runBriefly(
            """
            select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
            from github_sync.github_webhook_events
            where status = 'pending'
            order by run_at, id
            limit 1
            """
        ) { try $0.map { max(0, try $0.get("seconds", as: Double.self)) } }
        return QueueReading(
            oldestPending: .seconds(next.first ?? 0),
            counts: try queueCounts(),
            limited: try limitedEvents(),
            fleet: try fleetReading()
        )
    }

    /// Those whose due time is to come; the index that claims use begins with it.
    private func limitedEvents() throws -> Int? {
        try countBriefly(
            """
            select count(*) as events
            from github_sync.github_webhook_events
            where status = 'pending' and run_at > now() and turn_at > now()
            """
        ) { try $0.get("events") }
    }

    private func fleetReading() throws -> QueueReading.Fleet {
        try runBriefly(
            """
            select
                count(*) filter (where state = 'running') as running,
                count(*) filter (where state = 'lost') as lost
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 hour'
            """
        ) { QueueReading.Fleet(running: try $0[0].get("running"), lost: try $0[0].get("lost")) }
    }

    /// Each count is of rows that a partial index holds.
    private func queueCounts() throws -> QueueReading.Counts? {
        try countBriefly(
            """
            select
                (
                    select count(*) from github_sync.github_webhook_events where status = 'pending'
                ) as pending,
                (
                    select count(*) from github_sync.github_webhook_events where status = 'processing'
                ) as processing,
                (
                    select count(*) from github_sync.github_webhook_events where status = 'failed'
                ) as failed
            """
        ) { try QueueReading.Counts(row: $0) }
    }

    /// Nil when it takes too long.
    private func countBriefly<Value: Sendable>(
        _ query: Query,
        _ read: @Sendable (Row) throws -> Value
    ) throws -> Value? {
        do {
            return try runBriefly(query) { try read($0[0]) }
        } catch let error as DatabaseError where error.sqlState == "57014" {
            return nil
        }
    }

    /// The limit is said in the transaction, because a pooled connection has no settings of its own.
    private func runBriefly<Value: Sendable>(
        _ query: Query,
        _ read: @Sendable ([Row]) throws -> Value
    ) throws -> Value {
        try transaction { connection in
            try read(connection.run(["set local statement_timeout = '1s'", query], within: .seconds(2))[1])
        }
    }
}
