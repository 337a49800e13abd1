import Database
import Outbound

/// The figures of the queue and the fleet, for all workers together.
struct QueueReading: Sendable, Equatable {
    /// From receipt of the event that is next in line to now; 0 when none waits.
    let oldestPending: Duration
    let fleet: Fleet
    /// Nil when counting took too long: a backlog of many millions.
    let counts: Counts?
    /// Nil when counting took too long.
    let outbound: Outbound?

    struct Outbound: Sendable, Equatable {
        let totals: OutboundTotals
        let looks: OutboundLooks
        let writers: [WriteBudget]
    }

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
        // By the order of claims: the index gives the first row, whatever the length of the queue.
        let oldest = Read(
            """
            select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
            from github_sync.github_webhook_events
            where status = 'pending'
            order by run_at, id
            limit 1
            """
        ) { rows in try rows.first.map { max(0, try $0.get("seconds", as: Double.self)) } ?? 0 }
        let fleet = Read(
            """
            select
                count(*) filter (where state = 'running') as running,
                count(*) filter (where state = 'lost') as lost
            from github_sync.github_fleet
            where heartbeat_at >= now() - interval '1 hour'
            """
        ) { rows in QueueReading.Fleet(running: try rows[0].get("running"), lost: try rows[0].get("lost")) }
        let (seconds, workers) = try transaction { connection in
            try connection.run(oldest, fleet, after: [Self.readingLimit], within: .seconds(2))
        }
        let outbound = Read.all(OutboundTotals.read, OutboundLooks.read, WriteBudget.read)
            .map(QueueReading.Outbound.init)
        return QueueReading(
            oldestPending: .seconds(seconds),
            fleet: workers,
            counts: try queueCounts(),
            outbound: try inTime(outbound)
        )
    }

    /// Each count is of rows that a partial index holds; those that are due later are a stretch of the claims' own.
    private func queueCounts() throws -> QueueReading.Counts? {
        let counts = Read(
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
            """,
            as: QueueReading.Counts.self
        )
        return try inTime(counts)?.first
    }

    /// Nil when it takes too long.
    private func inTime<Value>(_ read: Read<Value>) throws -> Value? {
        do {
            return try transaction { connection in
                try connection.run(read, after: [Self.readingLimit], within: .seconds(2))
            }
        } catch let error as DatabaseError where error.sqlState == "57014" {
            return nil
        }
    }

    /// Set in the transaction, because a pooled connection has no settings of its own.
    private static let readingLimit: Query = "set local statement_timeout = '1s'"
}
