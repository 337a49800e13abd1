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
        var completed: [(id: UUID, result: String)] = []
        var due: [(id: UUID, delay: Double, reason: String, retries: Int)] = []
        var failed: [(id: UUID, reason: String)] = []
        for (id, outcome) in outcomes.sorted(by: { $0.event < $1.event }) {
            switch outcome {
            case .completed(_, let result): completed.append((id, result))
            case .retry(let delay, let reason): due.append((id, delay / .seconds(1), stored(reason), 1))
            case .delayed(let delay, let reason): due.append((id, delay / .seconds(1), stored(reason), 0))
            case .failed(let reason): failed.append((id, stored(reason)))
            }
        }
        func update(_ assignments: Query, from rows: Query) -> Query {
            """
            update \(table.name) as q
            set \(assignments)
            from \(rows)
            where q.\(table.key) = n.id and q.\(table.isClaimed) and q.claim_token = \(token)
            returning q.\(table.key) as id
            """
        }
        var queries: [Query] = []
        if !completed.isEmpty {
            queries.append(
                update(
                    "\(table.completed), result = n.result::jsonb, error_message = null",
                    from: "unnest(\(completed.map(\.id)), \(completed.map(\.result))) as n (id, result)"
                )
            )
        }
        if !due.isEmpty {
            queries.append(
                update(
                    """
                    \(table.pending), retry_count = q.retry_count + n.retries, error_message = n.reason,
                        run_at = now() + make_interval(secs => n.delay)
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
                    "\(table.failed), error_message = n.reason",
                    from: "unnest(\(failed.map(\.id)), \(failed.map(\.reason))) as n (id, reason)"
                )
            )
        }
        return queries
    }

    /// A reason as the column takes it: any text but U+0000, and not more than a person reads.
    private static func stored(_ reason: String) -> String {
        String(String.UnicodeScalarView(reason.unicodeScalars.lazy.filter { $0 != "\0" }.prefix(2000)))
    }
}
