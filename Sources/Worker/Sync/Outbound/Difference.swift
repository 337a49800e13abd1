import Database
import Foundation

/// An object in Plane that still differs from GitHub after a snapshot of GitHub's was applied: somebody went on in Plane
/// after what GitHub shows now was sent, or Plane's value wins.
struct Difference: Sendable, Hashable {
    let kind: PlaneMark.Kind
    let repositorySyncID: UUID
    let planeID: UUID

    /// Has the objects compared with GitHub.
    ///
    /// What waits already waits, and what a person has to decide still does.
    static func queries(_ differences: some Collection<Difference>) -> [Query] {
        guard !differences.isEmpty else { return [] }
        let rows = differences.sorted { ($0.planeID, $0.repositorySyncID) < ($1.planeID, $1.repositorySyncID) }
        return [
            """
            insert into github_sync.github_outbound as o (repository_sync_id, kind, plane_id, run_at)
            select n.repository_sync_id, n.kind, n.plane_id, now() + interval '5 seconds'
            from unnest(
                \(rows.map(\.repositorySyncID)), \(rows.map(\.kind.rawValue)), \(rows.map(\.planeID))
            ) as n (repository_sync_id, kind, plane_id)
            on conflict (plane_id, repository_sync_id, kind) do update
            set changed_at = now(), updated_at = now(),
                status = case when o.status = 'completed' then excluded.status else o.status end,
                run_at = case when o.status = 'completed' then excluded.run_at else o.run_at end,
                created_at = case when o.status = 'completed' then now() else o.created_at end,
                retry_count = case when o.status = 'completed' then 0 else o.retry_count end,
                processed_at = null
            where o.status in ('completed', 'processing')
            """
        ]
    }
}

extension Planner {
    /// Whether an issue will differ from GitHub when this batch is written, in anything that goes there.
    func differs(_ revision: IssueRevision, _ agreement: IssueAgreement) -> Bool {
        let (plane, edit, follower) = (revision.plane, revision.edit, revision.follower)
        let rules = follower.settings.outboundRules
        guard rules.issues != .off else { return false }
        let state = world.states[follower.projectID]?.state(edit.stateID ?? plane.stateID)?.gitHubState
        if rules.sends(.title), agreement.isTitleDirty(edit.name ?? plane.name) { return true }
        if rules.sends(.text), let html = edit.text?.html ?? plane.html, agreement.isTextDirty(html) { return true }
        if rules.sends(.state), let state, agreement.isStateDirty(state) { return true }
        let (issues, id) = (writes.issues, revision.record.id)
        let labels = elements(revision.record.labels, issues.attachedLabels, issues.detachedLabels, of: id)
        // Those that settings gave the issue are among them; whoever compares both sides leaves them out.
        if rules.sends(.labels), !labels.agree(with: agreement.labels) { return true }
        let people = elements(revision.record.assignees, issues.assigned, issues.unassigned, of: id)
        return rules.sends(.assignees) && !people.agree(with: agreement.assignees)
    }

    /// Labels or people on an issue as they will be.
    private func elements(
        _ before: [UUID: UUID?],
        _ added: [Attachment],
        _ removed: [Attachment],
        of issue: UUID
    ) -> Set<UUID> {
        func ids(_ attachments: [Attachment]) -> [UUID] { attachments.filter { $0.issueID == issue }.map(\.targetID) }
        return Set(before.keys).union(ids(added)).subtracting(ids(removed))
    }
}

extension Set<UUID> {
    fileprivate func agree(with agreement: IssueAgreement.Elements) -> Bool {
        let (added, removed) = agreement.difference(from: self)
        return added.isEmpty && !removed.contains { $0 > 0 }
    }
}
