import Database
import Foundation

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
    /// many that may wait are made due in portions, while workers go on giving turns.
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
        // The second sees all turns given before: whoever gives some holds the limit's row until the commit.
        let waiting: [UUID] = try transaction { connection in
            try connection.runAndCommit([
                setting,
                """
                select id from github_sync.github_webhook_events
                where status = 'pending' and run_at > statement_timestamp() and turn_at > statement_timestamp()
                    and repository_id = \(repository)
                order by turn_at, id
                """,
            ])[1].map { try $0.get("id") }
        }
        for start in stride(from: 0, to: waiting.count, by: 2000) {
            let portion = Array(waiting[start..<min(start + 2000, waiting.count)])
            let done = Set(try makeDue(portion, skipLocked: true))
            // Who waits for one lock and holds none cannot deadlock.
            for event in portion where !done.contains(event) { try makeDue([event], skipLocked: false) }
        }
    }

    /// Takes the turns of those that still wait back.
    /// - Returns: whose.
    @discardableResult
    private func makeDue(_ events: [UUID], skipLocked: Bool) throws -> [UUID] {
        let lock: Query =
            if skipLocked {
                """
                select id from github_sync.github_webhook_events where id = any(\(events)) for update skip locked
                """
            } else {
                "select id from github_sync.github_webhook_events where id = any(\(events)) for update"
            }
        return try transaction { connection in
            let locked: [UUID] = try connection.run(lock).map { try $0.get("id") }
            return try connection.runAndCommit([
                """
                update github_sync.github_webhook_events
                set run_at = now(), turn_at = null, updated_at = now()
                where id = any(\(locked)) and status = 'pending' and turn_at > now()
                returning id
                """
            ])[0].map { try $0.get("id") }
        }
    }
}
