import Database
import Foundation

extension IssueWrites {
    /// Edits issues; a null in the arrays leaves the field as it is.
    ///
    /// An edit is right only for the row for which it was worked out. If somebody saved the issue in Plane meanwhile, the
    /// statement fails with a serialization failure, and the batch runs again.
    static func editQueries(_ edits: [IssueEdit]) -> [Query] {
        guard !edits.isEmpty else { return [] }
        let edits = edits.sorted { $0.id < $1.id }
        return [
            """
            with edited as (
                update public.issues as i
                set created_by_id = coalesce(e.author, i.created_by_id),
                    name = coalesce(e.name, i.name),
                    description_html = coalesce(e.html, i.description_html),
                    description_stripped = coalesce(e.stripped, i.description_stripped),
                    -- The web editor's own document is older than the new text, and might win over it.
                    description_json = case when e.html is null then i.description_json else '{}' end,
                    description_binary = case when e.html is null then i.description_binary end,
                    state_id = coalesce(e.state_id, i.state_id),
                    priority = coalesce(e.priority, i.priority),
                    completed_at = case when e.sets_completed_at then e.completed_at else i.completed_at end,
                    updated_at = now(),
                    updated_by_id = e.editor
                from unnest(
                    \(edits.map(\.id)), \(edits.map(\.editor)), \(edits.map(\.author)), \(edits.map(\.name)),
                    \(edits.map(\.text?.html)), \(edits.map(\.text?.stripped)), \(edits.map(\.stateID)),
                    \(edits.map(\.priority)), \(edits.map(\.setsCompletedAt)), \(edits.map(\.completedAt)),
                    \(edits.map(\.row))
                ) as e (
                    id, editor, author, name, html, stripped, state_id, priority, sets_completed_at, completed_at,
                    row_version
                )
                where i.id = e.id and \(RowVersion.isCurrent("i", for: "e"))
                returning e.row_version
            )
            \(RowVersion.require(edits.count { $0.row != nil }, editedIn: "edited"))
            """
        ]
    }
}

/// One of Plane's tables that attach labels or people to issues.
struct AttachmentTable: Sendable {
    let name: String
    let targetColumn: String
    /// Whether PostgreSQL itself keeps one target from being attached twice.
    let hasUniqueIndex: Bool

    static let labels = AttachmentTable(name: "issue_labels", targetColumn: "label_id", hasUniqueIndex: false)
    static let assignees = AttachmentTable(
        name: "issue_assignees",
        targetColumn: "assignee_id",
        hasUniqueIndex: true
    )

    /// Detaches labels or people.
    ///
    /// `is not distinct from` is used because an equality would offer the planner an index that begins with the label
    /// or the person. A plan made for small tables may take that index, and then reads all issues that have the label
    /// or the person.
    func detachments(_ detached: [Attachment]) -> [Query] {
        guard !detached.isEmpty else { return [] }
        return [
            """
            update \(identifier: "public", name) as x
            set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = d.bot
            from unnest(
                \(detached.map(\.issueID)), \(detached.map(\.targetID)), \(detached.map(\.bot))
            ) as d (issue_id, target_id, bot)
            where x.issue_id = d.issue_id and x.\(identifier: targetColumn) is not distinct from d.target_id
              and x.deleted_at is null
            """
        ]
    }

    /// Attaches labels or people that are not attached yet.
    ///
    /// Plane has no unique index that keeps a label from being attached twice. The lock on the version row does, and
    /// `not exists` covers what a Plane user attached meanwhile.
    func attachments(_ attached: [Attachment]) -> [Query] {
        guard !attached.isEmpty else { return [] }
        let look: Query =
            hasUniqueIndex
            ? ""
            : """
            where not exists (
                select from \(identifier: "public", name) as x
                where x.issue_id = a.issue_id and x.\(identifier: targetColumn) is not distinct from a.target_id
                  and x.deleted_at is null
            )
            """
        return [
            """
            insert into \(identifier: "public", name) (
                id, created_at, updated_at, created_by_id, issue_id, \(identifier: targetColumn), project_id,
                workspace_id
            )
            select gen_random_uuid(), now(), now(), a.bot, a.issue_id, a.target_id, a.project_id, a.workspace_id
            from unnest(
                \(attached.map(\.issueID)), \(attached.map(\.targetID)), \(attached.map(\.bot)),
                \(attached.map(\.place.projectID)), \(attached.map(\.place.workspaceID))
            ) as a (issue_id, target_id, bot, project_id, workspace_id)
            \(look)
            on conflict do nothing
            """
        ]
    }
}
