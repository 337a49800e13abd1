import Database
import Foundation
import TestSupport

/// An issue that is edited on both sides.
struct LoopTarget: Sendable {
    /// Plane's project, which follows the repository.
    static let project = ConnectedRepository.Project.demo.rawValue

    /// GitHub's number.
    let number: Int64
    /// Plane's key.
    let id: UUID
}

extension Connection {
    /// Labels that GitHub does not have yet.
    func makePlaneLabels(_ names: [String]) throws {
        try run(
            """
            insert into public.labels (
                id, name, color, description, project_id, workspace_id, created_at, updated_at, sort_order
            )
            select gen_random_uuid(), n.name, '#00ff00', '', p.id, p.workspace_id, now(), now(), 1
            from public.projects as p, unnest(\(names)) as n (name)
            where p.id = \(LoopTarget.project)::text::uuid
            on conflict do nothing
            """
        )
    }

    func loopTargets() throws -> [LoopTarget] {
        try run(
            """
            select v.number, v.issue_id from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null order by v.number
            """
        ).map { LoopTarget(number: try $0.get("number"), id: try $0.get("issue_id")) }
    }

    /// What Plane shows of the issues of the project.
    func loopState() throws -> LoopState {
        let rows = try run(
            """
            select coalesce(v.number, -i.sequence_id) as number, i.name, i.description_html,
                case when s."group" in ('completed', 'cancelled') then s."group" else 'open' end::text as state_class,
                coalesce((
                    select string_agg(l.name, ', ' order by l.name collate "C") from public.issue_labels as x
                    inner join public.labels as l on l.id = x.label_id
                    where x.issue_id = i.id and x.deleted_at is null
                ), '') as labels,
                coalesce((
                    select string_agg(u.display_name, ', ' order by u.display_name collate "C")
                    from public.issue_assignees as x
                    inner join public.users as u on u.id = x.assignee_id
                    where x.issue_id = i.id and x.deleted_at is null
                ), '') as assignees,
                array_to_json(array(
                    select c.comment_html from public.issue_comments as c
                    where c.issue_id = i.id and c.deleted_at is null
                ))::text as comments
            from public.issues as i
            left join public.states as s on s.id = i.state_id
            left join github_sync.github_issue_versions as v on v.issue_id = i.id and v.deleted_at is null
            where i.deleted_at is null
            """
        )
        var state = LoopState()
        for row in rows {
            let comments = try JSONDecoder().decode(
                [String].self,
                from: Data(row.get("comments", as: String.self).utf8)
            )
            state.issues[try row.get("number")] = [
                .title: try row.get("name"), .state: try row.get("state_class"), .labels: try row.get("labels"),
                .body: LoopText.line(ofHTML: try row.get("description_html")),
                .assignees: try row.get("assignees"),
                .comments: comments.map(LoopText.line(ofHTML:)).sorted().joined(separator: ", "),
            ]
        }
        return state
    }

    /// What there is twice in Plane, a line each.
    func doubles() throws -> [String] {
        try values(
            """
            select 'issue #' || v.number || ' twice' as value from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            group by v.number having count(*) > 1
            union all
            select 'label ' || name || ' twice' from public.labels
            where deleted_at is null group by project_id, name having count(*) > 1
            """
        )
    }
}
