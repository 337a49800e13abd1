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

/// What one attempt at an event came to; one statement writes each.
package enum Outcome: Sendable, Equatable {
    /// `result` is the JSON that tells a person what was done.
    case completed(Conclusion, result: String)
    case retry(after: Duration, reason: String)
    /// It was not to blame, and runs again later without having used a retry.
    case delayed(by: Duration, reason: String)
    case failed(reason: String)
}

extension Connection {
    /// Writes the outcome of one event outside a sync.
    /// - Returns: whether the event was still ours.
    @discardableResult
    package func finish(_ event: UUID, _ outcome: Outcome, token: UUID) throws -> Bool {
        try !finish([(event, outcome)], token: token).isEmpty
    }

    /// Writes outcomes outside a sync.
    /// - Returns: the events that were still ours.
    func finish(_ outcomes: [(event: UUID, outcome: Outcome)], token: UUID) throws -> Set<UUID> {
        Set(try run(Self.finishQueries(outcomes, token: token)).joined().map { try $0.get("id") })
    }

    /// Writes outcomes under the claim's token: an event that has another owner by now is not touched.
    ///
    /// What runs again keeps the turn its repository's rate limit gave it; what is finished does not, so that a replay
    /// takes a new one.
    package static func finishQueries(_ outcomes: [(event: UUID, outcome: Outcome)], token: UUID) throws -> [Query] {
        var completed: [(UUID, String)] = []
        var due: [(id: UUID, delay: Double, reason: String, retries: Int)] = []
        var failed: [(UUID, String)] = []
        for (event, outcome) in outcomes.sorted(by: { $0.event < $1.event }) {
            switch outcome {
            case .completed(_, let result): completed.append((event, result))
            case .retry(let delay, let reason):
                due.append((event, delay / .seconds(1), stored(reason), 1))
            case .delayed(let delay, let reason):
                due.append((event, delay / .seconds(1), stored(reason), 0))
            case .failed(let reason): failed.append((event, stored(reason)))
            }
        }
        var queries: [Query] = []
        if !completed.isEmpty {
            queries.append(
                """
                update github_sync.github_webhook_events as e
                set status = 'completed', result = n.result::jsonb, error_message = null,
                    claim_token = null, claimed_by = null, lease_until = null, turn_at = null,
                    processed_at = now(), updated_at = now()
                from unnest(\(completed.map(\.0)), \(completed.map(\.1))) as n (id, result)
                where e.id = n.id and e.status = 'processing' and e.claim_token = \(token)
                returning e.id
                """
            )
        }
        if !due.isEmpty {
            queries.append(
                """
                update github_sync.github_webhook_events as e
                set status = 'pending', retry_count = e.retry_count + n.retries, error_message = n.reason,
                    claim_token = null, claimed_by = null, lease_until = null,
                    run_at = now() + make_interval(secs => n.delay), updated_at = now()
                from unnest(
                    \(due.map(\.id)), \(due.map(\.delay)), \(due.map(\.reason)), \(due.map(\.retries))
                ) as n (id, delay, reason, retries)
                where e.id = n.id and e.status = 'processing' and e.claim_token = \(token)
                returning e.id
                """
            )
        }
        if !failed.isEmpty {
            queries.append(
                """
                update github_sync.github_webhook_events as e
                set status = 'failed', error_message = n.reason,
                    claim_token = null, claimed_by = null, lease_until = null, turn_at = null,
                    processed_at = now(), updated_at = now()
                from unnest(\(failed.map(\.0)), \(failed.map(\.1))) as n (id, reason)
                where e.id = n.id and e.status = 'processing' and e.claim_token = \(token)
                returning e.id
                """
            )
        }
        return queries
    }

    /// A reason as the column takes it: any text but U+0000, and not more than a person reads.
    private static func stored(_ reason: String) -> String {
        String(String.UnicodeScalarView(reason.unicodeScalars.lazy.filter { $0 != "\0" }.prefix(2000)))
    }
}
