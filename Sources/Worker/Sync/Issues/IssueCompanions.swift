import Database
import Foundation

extension IssueWrites {
    /// Inserts the rows that belong to new issues: the sync row, the link and the module.
    static func companionQueries(_ new: [NewIssue]) -> [Query] {
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
        ] + moduleQueries(new.filter { $0.moduleID != nil })
    }

    /// Puts new issues into the module that settings chose, unless it is gone.
    private static func moduleQueries(_ new: [NewIssue]) -> [Query] {
        guard !new.isEmpty else { return [] }
        return [
            """
            insert into public.module_issues (
                id, created_at, updated_at, created_by_id, issue_id, module_id, project_id, workspace_id
            )
            select gen_random_uuid(), now(), now(), n.bot, n.id, m.id, n.project_id, n.workspace_id
            from unnest(
                \(new.map(\.id)), \(new.map(\.bot)), \(new.map(\.moduleID)), \(new.map(\.place.projectID)),
                \(new.map(\.place.workspaceID))
            ) as n (id, bot, module_id, project_id, workspace_id)
            inner join public.modules as m
                on m.id = n.module_id and m.project_id = n.project_id and m.deleted_at is null
            """
        ]
    }
}
