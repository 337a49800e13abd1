import Foundation
import Shared

/// What one attempt at an event came to; one statement writes each.
enum Outcome: Sendable, Equatable {
    case completed(EventResult)
    case retry(after: Duration, reason: String)
    case failed(reason: String)
}

extension Connection {
    /// Writes the outcome of one event outside a sync.
    func finish(_ event: UUID, _ outcome: Outcome, token: UUID) throws {
        try run(Self.finishQueries([(event, outcome)], token: token))
    }

    /// Writes outcomes under the claim's token: an event that has another owner by now is not touched.
    ///
    /// What runs again keeps the turn its repository's rate limit gave it; what is finished does not, so that a replay
    /// takes a new one.
    static func finishQueries(_ outcomes: [(event: UUID, outcome: Outcome)], token: UUID) throws -> [Query] {
        var completed: [(UUID, String)] = []
        var retried: [(UUID, Double, String)] = []
        var failed: [(UUID, String)] = []
        for (event, outcome) in outcomes.sorted(by: { $0.event < $1.event }) {
            switch outcome {
            case .completed(let result): completed.append((event, try result.json()))
            case .retry(let delay, let reason):
                retried.append((event, delay / .seconds(1), String(reason.prefix(2000))))
            case .failed(let reason): failed.append((event, String(reason.prefix(2000))))
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
                """
            )
        }
        if !retried.isEmpty {
            queries.append(
                """
                update github_sync.github_webhook_events as e
                set status = 'pending', retry_count = e.retry_count + 1, error_message = n.reason,
                    claim_token = null, claimed_by = null, lease_until = null,
                    run_at = now() + make_interval(secs => n.delay), updated_at = now()
                from unnest(\(retried.map(\.0)), \(retried.map(\.1)), \(retried.map(\.2))) as n (id, delay, reason)
                where e.id = n.id and e.status = 'processing' and e.claim_token = \(token)
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
                """
            )
        }
        return queries
    }
}
