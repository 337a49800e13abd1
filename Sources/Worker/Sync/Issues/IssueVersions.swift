import Base
import Database
import Foundation
import GitHub

extension IssueWrites {
    /// Stores the versions that were applied, and tombstones.
    static func versionQueries(
        _ versions: [IssueVersion],
        _ histories: [PlaneKey: SecondHistory]
    ) -> [Query] {
        guard !versions.isEmpty else { return [] }
        let applied = versions.map(\.applied)
        return [
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
                plane_name_hash = n.plane_name_hash,
                plane_text_hash = nullif(n.plane_text_hash, ''),
                plane_state = n.plane_state,
                intents = n.intents::jsonb,
                replaced = case
                    when n.replaced is null then v.replaced
                    else github_sync.with_replaced(v.replaced, n.replaced::jsonb)
                end,
                replaced_at = case when n.replaced is null then v.replaced_at else now() end,
                recent = n.recent
            from unnest(
                \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)),
                \(applied.map(\.version.updatedAt)), \(applied.map(\.version.eventID)), \(versions.map(\.isGone)),
                \(applied.map(\.number)), \(applied.map(\.state)), \(applied.map(\.closedAt)),
                \(applied.map(\.agreement.title.agreed.github)), \(applied.map(\.agreement.text.agreed.github)),
                \(applied.map { Self.object($0.agreement.labels.agreed) }),
                \(applied.map { Self.object($0.agreement.assignees.agreed) }), \(applied.map(\.priority)),
                \(applied.map(\.agreement.title.agreed.plane)), \(applied.map(\.agreement.text.agreed.plane)),
                \(applied.map(\.agreement.state.agreed.plane)),
                \(applied.map(\.agreement.intents.document)), \(versions.map(\.replaced?.document)),
                \(versions.map { histories[$0.key]?.encoded })
            ) as n (
                sync_id, github_id, updated_at, event_id, is_gone, number, state, closed_at, title_hash, body_hash,
                labels, assignees, priority, plane_name_hash, plane_text_hash, plane_state, intents,
                replaced, recent
            )
            where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
            """
        ]
    }

    /// Stores in which state issues wait for one that their project lacks, or that they no longer wait.
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

    /// Stores what GitHub would show for the states to which the sync moved issues whose snapshots did not change.
    static func planeStateQueries(_ states: [PlaneKey: GitHubIssue.State]) -> [Query] {
        guard !states.isEmpty else { return [] }
        let rows = Array(states)
        return [
            """
            update github_sync.github_issue_versions as v
            set plane_state = n.state
            from unnest(
                \(rows.map(\.key.repositorySyncID)), \(rows.map(\.key.githubID)), \(rows.map(\.value))
            ) as n (sync_id, github_id, state)
            where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
            """
        ]
    }

    /// Ids as a JSON object, in key order so that equal maps give equal texts.
    private static func object(_ ids: [Int64: UUID]) -> String {
        let pairs = ids.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value.text)\"" }
        return "{\(pairs.joined(separator: ","))}"
    }
}
