import Foundation
import Shared

extension Connection {
    /// Creates issues and gives them the next numbers of their projects.
    ///
    /// Plane takes the same advisory lock when it numbers issues and holds nothing but it, so do we: the lock is a
    /// statement of its own, projects in key order, and what computes the numbers comes after it.
    /// - Returns: Plane's number of each issue made.
    func createIssues(_ new: [NewIssue]) throws -> [UUID: Int] {
        guard !new.isEmpty else { return [:] }
        let new = new.sorted { ($0.githubNumber, $0.githubID) < ($1.githubNumber, $1.githubID) }
        let results = try run([
            """
            select pg_advisory_xact_lock(github_sync.number_lock_key(p.id))
            from (select distinct id from unnest(\(new.map(\.place.projectID))) as u (id) order by id) as p
            """,
            insertIssues(new),
        ])
        return try results[1].reduce(into: [:]) { numbers, row in
            numbers[try row.get("id")] = try row.get("sequence_id", as: Int.self)
        }
    }

    /// A key that is taken means that the issue exists; its number is then left alone.
    private func insertIssues(_ new: [NewIssue]) -> Query {
        """
        with new as (
            select * from unnest(
                \(new.map(\.id)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID)), \(new.map(\.stateID)),
                \(new.map(\.name)), \(new.map(\.html)), \(new.map { PlaneText.stripped($0.html) }),
                \(new.map(\.author)), \(new.map(\.createdAt)), \(new.map(\.completedAt)), \(new.map { String($0.githubID) })
            ) with ordinality as n (
                id, project_id, workspace_id, state_id, name, html, stripped, author, created_at, completed_at,
                external_id, position
            )
            where not exists (select from public.issues as i where i.id = n.id)
        ), numbered as (
            select
                new.*,
                coalesce(s.top, 0) + row_number() over (partition by new.project_id order by new.position) as number,
                -- Plane's: 65535 in an empty state, else 10000 below the last.
                coalesce(o.top + 10000, 65535)
                    + 10000 * (row_number() over (partition by new.state_id order by new.position) - 1) as sort_order
            from new
            left join (
                select project_id, max(sequence) as top from public.issue_sequences
                where project_id in (select project_id from new)
                group by project_id
            ) as s on s.project_id = new.project_id
            left join (
                select state_id, max(sort_order) as top from public.issues
                where state_id in (select state_id from new) and deleted_at is null
                group by state_id
            ) as o on o.state_id = new.state_id
        ), made as (
            insert into public.issues (
                id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name,
                description_html, description_stripped, description_json, priority, sequence_id, sort_order,
                completed_at, is_draft, external_source, external_id
            )
            select
                id, created_at, now(), author, project_id, workspace_id, state_id, name,
                html, stripped, '{}', 'none', number, sort_order,
                completed_at, false, 'github', external_id
            from numbered
            order by position
            returning id, created_by_id, project_id, workspace_id, sequence_id
        )
        insert into public.issue_sequences (
            id, created_at, updated_at, created_by_id, project_id, workspace_id, issue_id, sequence, deleted
        )
        select gen_random_uuid(), now(), now(), created_by_id, project_id, workspace_id, id, sequence_id, false
        from made
        returning issue_id as id, sequence as sequence_id
        """
    }

    /// The sync row and the link of issues just made.
    static func issueCompanionQueries(_ new: [NewIssue]) -> [Query] {
        guard !new.isEmpty else { return [] }
        return [
            """
            insert into public.github_issue_syncs (
                id, created_at, updated_at, created_by_id, repo_issue_id, github_issue_id, issue_url, issue_id,
                project_id, repository_sync_id, workspace_id
            )
            select id, now(), now(), bot, number, github_id, url, id, project_id, repository_sync_id, workspace_id
            from unnest(
                \(new.map(\.id)), \(new.map(\.bot)), \(new.map(\.githubNumber)), \(new.map(\.githubID)), \(new.map(\.url)),
                \(new.map(\.place.projectID)), \(new.map(\.repositorySyncID)), \(new.map(\.place.workspaceID))
            ) as n (id, bot, number, github_id, url, project_id, repository_sync_id, workspace_id)
            on conflict do nothing
            """,
            """
            insert into public.issue_links (
                id, created_at, updated_at, created_by_id, title, url, metadata, issue_id, project_id, workspace_id
            )
            select gen_random_uuid(), now(), now(), bot, left(title, 255), url, '{}', id, project_id, workspace_id
            from unnest(
                \(new.map(\.id)), \(new.map(\.bot)), \(new.map(\.reference)), \(new.map(\.url)),
                \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID))
            ) as n (id, bot, title, url, project_id, workspace_id)
            """,
        ]
    }
}
