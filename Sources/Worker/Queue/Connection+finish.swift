import Database
import Foundation

/// What completed work came to.
package enum Conclusion: String, Sendable {
    /// Plane shows what the delivery said.
    case applied
    /// Something newer was there already.
    case superseded
    /// Nothing to do with it.
    case ignored
}

/// What one attempt at a row came to; one statement writes each.
package enum Outcome: Sendable, Equatable {
    /// `result` is the JSON that tells a person what was done.
    case completed(Conclusion, result: String)
    case retry(after: Duration, reason: String)
    /// It was not to blame, and runs again later without having used a retry.
    case delayed(by: Duration, reason: String)
    case failed(reason: String)
}

/// Events of a claim that have another owner by now: the transaction was rolled back.
package struct LostClaim: Error {
    package let stillOwned: Set<UUID>

    package init(stillOwned: Set<UUID>) { self.stillOwned = stillOwned }
}

extension Claim {
    /// Locks the events of the claim: while a transaction holds them nobody can rescue them.
    ///
    /// The answer is a `LostClaim` where some of them have another owner.
    package var fence: Read<Void> {
        let ids = events.map(\.id)
        return Read(Connection.fence(ids, token: token)) { rows in
            let owned = Set(try rows.map { try $0.get("id", as: UUID.self) })
            guard owned.count == ids.count else { throw LostClaim(stillOwned: owned) }
        }
    }
}

extension Connection {
    /// Locks the rows that are still under a claim's token; one that is missing from the answer has another owner by now.
    package static func fence(_ rows: [UUID], token: UUID, in table: QueueTable = .events) -> Query {
        """
        select \(table.key) as id from \(table.name)
        where \(table.key) = any(\(rows.sorted())) and \(table.isClaimed) and claim_token = \(token)
        order by \(table.key)
        for update
        """
    }

    /// Writes the outcome of one event outside a sync.
    /// - Returns: whether the event was still ours.
    @discardableResult
    package func finish(_ event: UUID, _ outcome: Outcome, token: UUID) throws -> Bool {
        let rows = try run(Self.finishQueries([(event, outcome)], token: token)).joined()
        return !rows.isEmpty
    }

    /// Writes outcomes under the claim's token: a row that has another owner by now is not touched.
    package static func finishQueries(
        _ outcomes: [(event: UUID, outcome: Outcome)],
        token: UUID,
        in table: QueueTable = .events
    ) -> [Query] {
        var completed: [(id: UUID, outcome: String, result: String)] = []
        var due: [(id: UUID, delay: Double, reason: String, retries: Int)] = []
        var failed: [(id: UUID, reason: String)] = []
        for (id, outcome) in outcomes.sorted(by: { $0.event < $1.event }) {
            switch outcome {
            case .completed(let conclusion, let result): completed.append((id, conclusion.rawValue, result))
            case .retry(let delay, let reason): due.append((id, delay / .seconds(1), stored(reason), 1))
            case .delayed(let delay, let reason): due.append((id, delay / .seconds(1), stored(reason), 0))
            case .failed(let reason): failed.append((id, stored(reason)))
            }
        }
        func update(_ assignments: Query, from rows: Query, returning: Query = "") -> Query {
            """
            update \(table.name) as q
            set \(assignments)
            from \(rows)
            where q.\(table.key) = n.id and q.\(table.isClaimed) and q.claim_token = \(token)
            returning q.\(table.key) as id\(returning)
            """
        }
        var queries: [Query] = []
        if !completed.isEmpty {
            let finished = update(
                "\(table.completed), result = n.result::jsonb, error_message = null",
                from: """
                    unnest(\(completed.map(\.id)), \(completed.map(\.outcome)), \(completed.map(\.result)))
                        as n (id, outcome, result)
                    """,
                returning: table.keepsHistory ? counted(table) : ""
            )
            queries.append(table.keepsHistory ? counting(finished) : finished)
        }
        if !due.isEmpty {
            queries.append(
                update(
                    """
                    \(table.pending), retry_count = q.retry_count + n.retries, error_message = n.reason,
                        run_at = now() + make_interval(secs => n.delay)
                        \(table.attempt("case n.retries when 1 then 'retry' else 'delayed' end", "n.reason"))
                    """,
                    from: """
                        unnest(\(due.map(\.id)), \(due.map(\.delay)), \(due.map(\.reason)), \(due.map(\.retries)))
                            as n (id, delay, reason, retries)
                        """
                )
            )
        }
        if !failed.isEmpty {
            queries.append(
                update(
                    "\(table.failed), error_message = n.reason\(table.attempt("'failed'", "n.reason"))",
                    from: "unnest(\(failed.map(\.id)), \(failed.map(\.reason))) as n (id, reason)"
                )
            )
        }
        return queries
    }

    /// What the statistics count of a row that is completed, beside its outcome.
    private static func counted(_ table: QueueTable) -> Query {
        """
        , q.repository_id, q.event_type, n.outcome, github_sync.latency_bucket(
            extract(epoch from clock_timestamp() - \(table.waitsSince))::float8
        ) as bucket
        """
    }

    /// Adds what a statement completes to `github_event_stats`, in the same transaction.
    ///
    /// The keys are sorted, so that two sessions which share a shard wait for each other and never in a circle. What
    /// failed is counted by the maintenance: two statements of a transaction could not sort their keys together.
    private static func counting(_ completed: Query) -> Query {
        """
        with finished as (
            \(completed)
        ), counted as (
            insert into github_sync.github_event_stats as s
            select date_trunc('hour', now()), coalesce(repository_id, 0), event_type, outcome, bucket,
                1 + pg_backend_pid() % 8, count(*)
            from finished
            group by 2, 3, 4, 5
            order by 2, 3, 4, 5
            on conflict (hour, repository_id, event_type, outcome, bucket, shard) do update
            set events = s.events + excluded.events
        )
        select id from finished
        """
    }

    /// A reason as the column takes it: any text but U+0000, and not more than a person reads.
    private static func stored(_ reason: String) -> String {
        String(String.UnicodeScalarView(reason.unicodeScalars.lazy.filter { $0 != "\0" }.prefix(2000)))
    }
}
