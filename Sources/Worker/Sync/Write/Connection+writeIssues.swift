import Foundation
import Shared

extension Connection {
    /// Edits of existing issues; a null column of the arrays leaves the field as it is.
    static func editQueries(_ edits: [IssueEdit]) -> [Query] {
        guard !edits.isEmpty else { return [] }
        let edits = edits.sorted { $0.id < $1.id }
        return [
            """
            update public.issues as i
            set name = coalesce(e.name, i.name),
                description_html = coalesce(e.html, i.description_html),
                description_stripped = coalesce(e.stripped, i.description_stripped),
                -- A document of the web editor would be older than the new text and might win over it.
                description_json = case when e.html is null then i.description_json else '{}' end,
                description_binary = case when e.html is null then i.description_binary end,
                state_id = coalesce(e.state_id, i.state_id),
                priority = coalesce(e.priority, i.priority),
                completed_at = case when e.sets_completed_at then e.completed_at else i.completed_at end,
                updated_at = now(),
                updated_by_id = e.editor
            from unnest(
                \(edits.map(\.id)), \(edits.map(\.editor)), \(edits.map(\.name)), \(edits.map(\.text?.html)),
                \(edits.map(\.text?.stripped)), \(edits.map(\.stateID)), \(edits.map(\.priority)),
                \(edits.map(\.setsCompletedAt)), \(edits.map(\.completedAt))
            ) as e (id, editor, name, html, stripped, state_id, priority, sets_completed_at, completed_at)
            where i.id = e.id
            """
        ]
    }

    /// Soft-deletes issues with everything Plane deletes with them.
    ///
    /// `clock_timestamp()`, because Plane's unique index on (issue, assignee, deleted_at) meets the same pair twice when
    /// one transaction removes, adds and removes an assignee.
    static func deletionQueries(_ deleted: [DeletedIssue]) -> [Query] {
        guard !deleted.isEmpty else { return [] }
        let ids = deleted.map(\.id).sorted()
        return [
            """
            update public.issues as i
            set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = d.editor
            from unnest(\(deleted.map(\.id)), \(deleted.map(\.editor))) as d (id, editor)
            where i.id = d.id and i.deleted_at is null
            """,
            """
            update public.github_comment_syncs as s set deleted_at = clock_timestamp(), updated_at = now()
            from public.github_issue_syncs as g
            where g.id = s.issue_sync_id and g.issue_id = any(\(ids)) and s.deleted_at is null
            """,
            """
            update public.github_issue_syncs set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_comments set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_labels set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_assignees set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_links set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_subscribers set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.cycle_issues set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.module_issues set deleted_at = clock_timestamp(), updated_at = now()
            where issue_id = any(\(ids)) and deleted_at is null
            """,
            """
            update public.issue_relations set deleted_at = clock_timestamp(), updated_at = now()
            where (issue_id = any(\(ids)) or related_issue_id = any(\(ids))) and deleted_at is null
            """,
            // The number stays taken.
            "update public.issue_sequences set issue_id = null where issue_id = any(\(ids))",
        ]
    }
}
