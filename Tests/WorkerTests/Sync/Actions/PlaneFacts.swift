import Foundation

@testable import Database
@testable import Worker

/// All that a sync can change of what Plane's users see, a line a fact; times are seconds after `SampleIssue.time(0)`.
struct PlaneFacts: Sendable, Equatable {
    let lines: [String]

    /// What is gone and what is new: `- GH-1 state Backlog`, `+ GH-1 state Done`.
    func difference(from before: PlaneFacts) -> [String] {
        let difference = lines.difference(from: before.lines)
        func texts(_ changes: [CollectionDifference<String>.Change], _ mark: String) -> [String] {
            changes.map { change in
                switch change {
                case .insert(_, let line, _), .remove(_, let line, _): "\(mark) \(line)"
                }
            }.sorted()
        }
        return texts(difference.removals, "-") + texts(difference.insertions, "+")
    }
}

extension SyncBench {
    func facts() async throws -> PlaneFacts { try await connection.planeFacts() }
}

extension Connection {
    fileprivate func planeFacts() throws -> PlaneFacts {
        let rows = try run(
            """
            with seen as (
                select i.id, i.deleted_at, concat(p.identifier, '-', i.sequence_id, ' ') as issue, concat_ws(
                    e'\\n',
                    'name ' || i.name,
                    'html ' || i.description_html,
                    'state ' || coalesce(s.name, 'none'),
                    'priority ' || i.priority,
                    'completed at ' || round(extract(epoch from i.completed_at)) - 1790000000
                ) as fields
                from public.issues as i
                inner join public.projects as p on p.id = i.project_id
                left join public.states as s on s.id = i.state_id
            )
            select issue || unnest(string_to_array(fields, e'\\n')) as line from seen where deleted_at is null
            union all
            select issue || 'deleted' from seen where deleted_at is not null
            union all
            select issue || 'label ' || l.name
            from seen
            inner join public.issue_labels as x on x.issue_id = seen.id and x.deleted_at is null
            inner join public.labels as l on l.id = x.label_id
            union all
            select issue || 'assignee ' || u.display_name
            from seen
            inner join public.issue_assignees as x on x.issue_id = seen.id and x.deleted_at is null
            inner join public.users as u on u.id = x.assignee_id
            union all
            select issue || 'link ' || l.title || ' ' || l.url
            from seen
            inner join public.issue_links as l on l.issue_id = seen.id and l.deleted_at is null
            union all
            select concat(
                issue, 'comment by ', u.display_name,
                ' edited at ' || round(extract(epoch from c.edited_at)) - 1790000000, ': ', c.comment_html
            )
            from seen
            inner join public.issue_comments as c on c.issue_id = seen.id and c.deleted_at is null
            inner join public.users as u on u.id = c.actor_id
            union all
            select concat(issue, concat_ws(' ', 'history: ' || a.verb, a.field), ': ' || a.old_value, ' → ' || a.new_value)
            from seen
            inner join public.issue_activities as a on a.issue_id = seen.id
            union all
            select concat_ws(' ', 'label', name, color, nullif(description, ''))
            from public.labels where deleted_at is null
            union all
            select concat('repository ', owner, '/', name, ' ', url) from public.github_repositories where deleted_at is null
            """
        )
        return PlaneFacts(lines: try rows.map { try $0.get("line", as: String.self) }.sorted())
    }
}
