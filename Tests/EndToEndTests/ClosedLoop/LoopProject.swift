import Database
import Foundation
import TestSupport

/// An issue that is edited on both sides.
struct LoopTarget: Sendable {
    /// GitHub's number.
    let number: Int64
    /// Plane's key.
    let id: UUID
}

extension Connection {
    /// Makes a project like the demo's, with labels that GitHub does not have, and has it follow a repository.
    func makeLoopProject(_ project: UUID, following repository: SampleRepository, labels: [String]) throws {
        let demo = ConnectedRepository.Project.demo.rawValue
        let name = "L\(repository.id)"
        try change(
            """
            insert into public.projects
            select (jsonb_populate_record(
                p, jsonb_build_object('id', \(project), 'name', \(name), 'identifier', \(name))
            )).*
            from public.projects as p where p.id = \(demo)::text::uuid
            """,
            """
            insert into public.project_members
            select (jsonb_populate_record(
                m, jsonb_build_object('id', gen_random_uuid(), 'project_id', \(project))
            )).*
            from public.project_members as m where m.project_id = \(demo)::text::uuid
            """,
            """
            insert into public.states
            select (jsonb_populate_record(
                s, jsonb_build_object('id', gen_random_uuid(), 'project_id', \(project))
            )).*
            from public.states as s where s.project_id = \(demo)::text::uuid
            """
        )
        try makePlaneLabels(labels, in: project)
        _ = try connectRepository(repository.id, repository.fullName, to: project)
    }

    /// Labels that GitHub does not have yet.
    func makePlaneLabels(_ names: [String], in project: UUID) throws {
        try change(
            """
            insert into public.labels (
                id, name, color, description, project_id, workspace_id, created_at, updated_at, sort_order
            )
            select gen_random_uuid(), n.name, '#00ff00', '', p.id, p.workspace_id, now(), now(), 1
            from public.projects as p, unnest(\(names)) as n (name)
            where p.id = \(project)
            """
        )
    }

    /// Has all connections send what the given one sends.
    func shareSettings(of repository: SampleRepository) throws {
        try change(
            """
            insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by, changed_at)
            select f.id, s.settings, s.changed_by, s.changed_at
            from public.github_repository_syncs as f, github_sync.github_sync_settings as s
            where s.repository_sync_id = (
                select f.id from public.github_repository_syncs as f
                inner join public.github_repositories as r on r.id = f.repository_id
                where r.repository_id = \(repository.id)
            )
            on conflict do nothing
            """
        )
    }

    /// The issues that both sides have, by Plane's projects.
    func loopTargets() throws -> [UUID: [LoopTarget]] {
        let rows = try run(
            """
            select i.project_id, v.number, v.issue_id from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null order by v.number
            """
        )
        return try rows.reduce(into: [:]) { targets, row in
            let target = LoopTarget(number: try row.get("number"), id: try row.get("issue_id"))
            targets[try row.get("project_id"), default: []].append(target)
        }
    }

    /// What Plane shows of the issues of each project.
    func loopStates() throws -> [UUID: LoopState] {
        let rows = try run(
            """
            select i.project_id, coalesce(v.number, -i.sequence_id) as number, \(LoopState.columns)
            from public.issues as i
            left join public.states as s on s.id = i.state_id
            left join github_sync.github_issue_versions as v on v.issue_id = i.id and v.deleted_at is null
            where i.deleted_at is null
            """
        )
        var states: [UUID: LoopState] = [:]
        for row in rows { try states[try row.get("project_id"), default: LoopState()].add(row) }
        return states
    }

    /// What there is twice in Plane, a line each.
    func doubles() throws -> [String] {
        try values(
            """
            select 'issue #' || v.number || ' twice in ' || i.project_id as value
            from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            group by i.project_id, v.number having count(*) > 1
            union all
            select 'label ' || name || ' twice' from public.labels
            where deleted_at is null group by project_id, name having count(*) > 1
            """
        )
    }
}

extension LoopState {
    /// What is compared, given the issue `i` in Plane and its state `s`.
    static let columns: Query = """
        i.name, i.description_html,
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
        """

    /// Adds an issue from a row with these columns and its `number`.
    mutating func add(_ row: Row) throws {
        let comments = try JSONDecoder().decode(
            [String].self,
            from: Data(row.get("comments", as: String.self).utf8)
        )
        issues[try row.get("number")] = [
            .title: try row.get("name"), .state: try row.get("state_class"), .labels: try row.get("labels"),
            .body: LoopText.line(ofHTML: try row.get("description_html")),
            .assignees: try row.get("assignees"),
            .comments: comments.map(LoopText.line(ofHTML:)).sorted().joined(separator: ", "),
        ]
    }
}
