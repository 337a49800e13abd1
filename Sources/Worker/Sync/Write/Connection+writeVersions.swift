import Base
import Database
import Foundation

extension Connection {
    /// Records what was applied, or that the object is gone.
    static func issueVersionQueries(
        _ versions: [IssueVersion],
        _ histories: [PlaneKey: SecondHistory]
    ) throws -> [Query] {
        let others = histories.without(versions.map(\.key))
        let late = others.isEmpty ? [] : [issueHistoryQuery(others)]
        guard !versions.isEmpty else { return late }
        return late + [
            """
            update github_sync.github_issue_versions as v
            set github_updated_at = n.updated_at,
                event_id = n.event_id,
                deleted_at = case when n.is_gone then now() end,
                number = n.number,
                state = n.state,
                closed_at = n.closed_at,
                title_hash = n.title_hash,
                body_hash = n.body_hash,
                labels = n.labels::jsonb,
                assignees = n.assignees::jsonb,
                priority = n.priority,
                recent = n.recent
            from unnest(
                \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)),
                \(versions.map(\.version.updatedAt)), \(versions.map(\.version.eventID)), \(versions.map(\.isGone)),
                \(versions.map(\.number)), \(versions.map(\.state)), \(versions.map(\.closedAt)),
                \(versions.map(\.titleHash)), \(versions.map(\.bodyHash)), \(versions.map { Self.object($0.labels) }),
                \(versions.map { Self.object($0.assignees) }), \(versions.map(\.priority)),
                \(versions.map { histories[$0.key]?.encoded })
            ) as n (
                sync_id, github_id, updated_at, event_id, is_gone, number, state, closed_at, title_hash, body_hash,
                labels, assignees, priority, recent
            )
            where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
            """
        ]
    }

    /// Remembers issues that wait for a state their project lacks.
    static func waitingStateQueries(_ waiting: [PlaneKey: UUID?]) -> [Query] {
        guard !waiting.isEmpty else { return [] }
        let rows = Array(waiting)
        return [
            """
            update github_sync.github_issue_versions as v
            set waiting_state_id = n.state_id
            from unnest(
                \(rows.map(\.key.repositorySyncID)), \(rows.map(\.key.githubID)), \(rows.map(\.value))
            ) as n (sync_id, github_id, state_id)
            where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
            """
        ]
    }

    static func commentVersionQueries(
        _ versions: [CommentVersion],
        _ histories: [PlaneKey: SecondHistory]
    ) -> [Query] {
        let others = histories.without(versions.map(\.key))
        let late = others.isEmpty ? [] : [commentHistoryQuery(others)]
        guard !versions.isEmpty else { return late }
        return late + [
            """
            update github_sync.github_comment_versions as v
            set github_updated_at = n.updated_at,
                event_id = n.event_id,
                deleted_at = case when n.is_gone then now() end,
                body_hash = n.body_hash,
                recent = n.recent
            from unnest(
                \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)),
                \(versions.map(\.version.updatedAt)), \(versions.map(\.version.eventID)), \(versions.map(\.isGone)),
                \(versions.map(\.bodyHash)), \(versions.map { histories[$0.key]?.encoded })
            ) as n (sync_id, github_id, updated_at, event_id, is_gone, body_hash, recent)
            where v.repository_sync_id = n.sync_id and v.github_comment_id = n.github_id
            """
        ]
    }

    // Deliveries that came too late to be applied still count in what is decided next.

    private static func issueHistoryQuery(_ histories: [(key: PlaneKey, history: SecondHistory)]) -> Query {
        """
        update github_sync.github_issue_versions as v
        set recent = n.recent
        from unnest(
            \(histories.map(\.key.repositorySyncID)), \(histories.map(\.key.githubID)),
            \(histories.map(\.history.encoded))
        ) as n (sync_id, github_id, recent)
        where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
        """
    }

    private static func commentHistoryQuery(_ histories: [(key: PlaneKey, history: SecondHistory)]) -> Query {
        """
        update github_sync.github_comment_versions as v
        set recent = n.recent
        from unnest(
            \(histories.map(\.key.repositorySyncID)), \(histories.map(\.key.githubID)),
            \(histories.map(\.history.encoded))
        ) as n (sync_id, github_id, recent)
        where v.repository_sync_id = n.sync_id and v.github_comment_id = n.github_id
        """
    }

    static func pullHistoryQuery(_ histories: [(key: PlaneKey, history: SecondHistory)]) -> Query {
        """
        update github_sync.github_pull_versions as v
        set recent = n.recent
        from unnest(
            \(histories.map(\.key.repositorySyncID)), \(histories.map(\.key.githubID)),
            \(histories.map(\.history.encoded))
        ) as n (sync_id, github_id, recent)
        where v.repository_sync_id = n.sync_id and v.github_pull_id = n.github_id
        """
    }

    /// Ids as a JSON object, in key order so that equal maps are equal texts.
    private static func object(_ ids: [Int64: UUID]) -> String {
        let pairs = ids.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value.text)\"" }
        return "{\(pairs.joined(separator: ","))}"
    }
}

extension [PlaneKey: SecondHistory] {
    /// Those of objects that get no new version.
    func without(_ keys: [PlaneKey]) -> [(key: PlaneKey, history: SecondHistory)] {
        let keys = Set(keys)
        return filter { !keys.contains($0.key) }.map { (key: $0.key, history: $0.value) }
    }
}
