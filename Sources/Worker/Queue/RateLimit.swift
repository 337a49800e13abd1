import Database
import Foundation

/// Events per minute of one GitHub repository: it delays, never drops.
///
/// What is counted are deliveries that reach a worker. One that turns out superseded or ignored has used its turn all
/// the same; a run after a failure, a crash or a release needs none. A replay and GitHub's redelivery of a failed one
/// count again: a thousand of them at once are as much of a flood as a thousand new ones.
package struct RateLimit: Sendable, Equatable {
    /// The steady pace; at least 1.
    package let perMinute: Int
    /// Events that may run at once after a quiet time; at least 1.
    package let burst: Int

    package init(perMinute: Int, burst: Int) {
        self.perMinute = perMinute
        self.burst = burst
    }
}

extension RateLimit: RowDecodable {
    package init(row: Row) throws {
        perMinute = try row.get("per_minute")
        burst = try row.get("burst")
    }
}

extension Connection {
    /// The limit of a repository, by GitHub's id; nil when it has none.
    package func rateLimit(repository: Int64) throws -> RateLimit? {
        try run(
            "select per_minute, burst from github_sync.github_rate_limits where repository_id = \(repository)",
            as: RateLimit.self
        ).first
    }

    /// Limits a repository, by GitHub's id, or with nil no longer does; takes effect with the next claim.
    ///
    /// The count starts afresh, and events that wait for their turn under what was set before are due again at once,
    /// also when the same is set again: a call that was interrupted is completed by another. Outside a transaction: the
    /// many that may wait are made due in portions, while workers go on.
    /// - Throws: `DatabaseError` 23514 for a number below 1, 22003 for one above 2,147,483,647.
    package func setRateLimit(repository: Int64, _ limit: RateLimit?) throws {
        let setting: Query =
            if let limit {
                """
                insert into github_sync.github_rate_limits (repository_id, per_minute, burst)
                values (\(repository), \(limit.perMinute)::int, \(limit.burst)::int)
                on conflict (repository_id) do update
                set per_minute = excluded.per_minute, burst = excluded.burst,
                    next_free_at = statement_timestamp(), changed_at = statement_timestamp()
                """
            } else {
                "delete from github_sync.github_rate_limits where repository_id = \(repository)"
            }
        // Sees all turns that were taken before: whoever takes some holds the limit's row until the commit.
        let waiting = Read(
            """
            select id from github_sync.github_webhook_events
            where status = 'pending' and run_at > statement_timestamp() and turn_at > statement_timestamp()
                and repository_id = \(repository)
            order by turn_at, id
            """
        ) { rows in try rows.map { try $0.get("id", as: UUID.self) } }
        let events = try transaction { try $0.run(waiting, after: [setting]) }
        for start in stride(from: 0, to: events.count, by: 2000) {
            let portion = Array(events[start..<min(start + 2000, events.count)])
            let done = Set(
                try makeDue(
                    where: """
                        id = any(array(
                            select id from github_sync.github_webhook_events where id = any(\(portion))
                            for update skip locked
                        ))
                        """
                )
            )
            // A statement that waits for one lock and holds none cannot deadlock.
            for event in portion where !done.contains(event) { try makeDue(where: "id = \(event)") }
        }
    }

    /// Takes back the turns of events that still wait for them.
    /// - Returns: the events.
    @discardableResult
    private func makeDue(where condition: Query) throws -> [UUID] {
        try run(
            """
            update github_sync.github_webhook_events
            set run_at = now(), turn_at = null, updated_at = now()
            where \(condition) and status = 'pending' and turn_at > now()
            returning id
            """
        ).map { try $0.get("id") }
    }
}
