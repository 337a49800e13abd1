import Database
import Foundation
import GitHub

/// One delivery, as one connection sees it.
struct RuleKey: Sendable, Hashable {
    let eventID: UUID
    let repositorySyncID: UUID
}

/// The answer of `github_sync.apply_rules`.
struct RuleOutcome: Sendable, Equatable, Decodable {
    /// The predicate in the settings that says to ignore the delivery.
    var ignored: String?
    var set: [String: String]?
    var labels: [String]?
    /// Why the rules could not be applied.
    var problem: String?
}

extension RuleOutcome {
    /// Applies the rules of each connection that has some to each delivery; PostgreSQL's `jsonpath` evaluates them.
    static func read(_ batch: SyncBatch) -> Read<[RuleKey: RuleOutcome]> {
        let cleaned = batch.cleaned.sorted { $0.key < $1.key }
        let query: Query = """
            select e.id as event_id, s.repository_sync_id,
                github_sync.apply_rules(coalesce(c.payload, e.payload), s.settings) as outcome
            from github_sync.followers(\(batch.repositoryIDs)) as f
            inner join github_sync.github_sync_settings as s
                on s.repository_sync_id = f.repository_sync_id and s.settings ?| array['ignore', 'transform']
            inner join unnest(\(batch.origins.map(\.eventID)), \(batch.origins.map(\.repository.id)))
                as o (event_id, repository_id) on o.repository_id = f.repository_id
            inner join github_sync.github_webhook_events as e on e.id = o.event_id
            left join unnest(\(cleaned.map(\.key)), \(cleaned.map(\.value))) as c (id, payload) on c.id = e.id
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { outcomes, row in
                let key = RuleKey(eventID: try row.get("event_id"), repositorySyncID: try row.get("repository_sync_id"))
                outcomes[key] = try row.getJSON("outcome")
            }
        }
    }
}
