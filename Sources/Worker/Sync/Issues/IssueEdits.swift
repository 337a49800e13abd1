import Database
import Foundation

extension IssueWrites {
    /// Edits of existing issues; a null column of the arrays leaves the field as it is.
    static func editQueries(_ edits: [IssueEdit]) -> [Query] {
        guard !edits.isEmpty else { return [] }
        let edits = edits.sorted { $0.id < $1.id }
        return [
            """
            update public.issues as i
            set created_by_id = coalesce(e.author, i.created_by_id),
                name = coalesce(e.name, i.name),
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
                \(edits.map(\.id)), \(edits.map(\.editor)), \(edits.map(\.author)), \(edits.map(\.name)),
                \(edits.map(\.text?.html)), \(edits.map(\.text?.stripped)), \(edits.map(\.stateID)),
                \(edits.map(\.priority)),
                \(edits.map(\.setsCompletedAt)), \(edits.map(\.completedAt))
            ) as e (id, editor, author, name, html, stripped, state_id, priority, sets_completed_at, completed_at)
            where i.id = e.id
            """
        ]
    }
}
