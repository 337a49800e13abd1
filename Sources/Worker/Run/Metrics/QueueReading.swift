import Database

/// How the queue and the fleet stand, for all workers together.
struct QueueReading: Sendable, Equatable {
    /// From receipt of the event that is next in line to now; 0 when none waits.
    let oldestPending: Duration
    let fleet: Fleet
    /// Nil when counting took too long: a backlog of many millions.
    let counts: Counts?

    struct Fleet: Sendable, Equatable {
        let running: Int
        /// In the last hour.
        let lost: Int
    }

    struct Counts: Sendable, Equatable, RowDecodable {
        let pending: Int
        let processing: Int
        let failed: Int
        /// Pending events that wait for the turn a rate limit gave them.
        let limited: Int

        init(row: Row) throws {
            pending = try row.get("pending")
            processing = try row.get("processing")
            failed = try row.get("failed")
            limited = try row.get("limited")
        }
    }
}

extension Connection {
    /// Looks at the queue; each of the statements ends after a second, on the server too.
    func queueReading() throws -> QueueReading {
        let (oldest, fleet) = try runBriefly([
            // By the order of claims: the index gives the first row, whatever the length of the queue.
            """
            select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
            from github_sync.github_webhook_events
            where status = 'pending'
            order by run_at, id
            limit 1
            """,
            """
            select
                count(*) filter (where state = 'running') as running,
                count(*) filter (where state = 'lost') as lost
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 hour'
            """,
        ]) { results in
            (
                try results[0].first.map { max(0, try $0.get("seconds", as: Double.self)) },
                QueueReading.Fleet(running: try results[1][0].get("running"), lost: try results[1][0].get("lost"))
            )
        }
        return QueueReading(oldestPending: .seconds(oldest ?? 0), fleet: fleet, counts: try queueCounts())
    }

    /// Each count is of rows that a partial index holds; those that are due later are a stretch of the claims' own.
    private func queueCounts() throws -> QueueReading.Counts? {
        do {
            return try runBriefly([
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
                    ) as failed,
                    (
                        select count(*) from github_sync.github_webhook_events
                        where status = 'pending' and run_at > now() and turn_at > now()
                    ) as limited
                """
            ]) { try QueueReading.Counts(row: $0[0][0]) }
        } catch let error as DatabaseError where error.sqlState == "57014" {
            return nil
        }
    }

    /// The limit is said in the transaction, because a pooled connection has no settings of its own.
    private func runBriefly<Value: Sendable>(
        _ queries: [Query],
        _ read: @Sendable ([[Row]]) throws -> Value
    ) throws -> Value {
        try transaction { connection in
            let results = try connection.run(["set local statement_timeout = '1s'"] + queries, within: .seconds(2))
            return try read(Array(results.dropFirst()))
        }
    }
}
