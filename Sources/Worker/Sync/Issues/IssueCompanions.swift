import Database
import Foundation
import GitHub

/// An issue in Plane whose counterpart on GitHub is known for the first time.
struct LinkedIssue: Sendable, Equatable {
    let id: UUID
    let place: Place
    let repositorySyncID: UUID
    let bot: UUID
    let githubID: Int64
    let githubNumber: Int64
    let url: String
    /// The title of the link, `owner/name#12`.
    let reference: String

    init(_ subject: IssueSubject) {
        let (issue, repository) = (subject.snapshot.issue, subject.snapshot.repository)
        id = subject.record.id
        place = subject.follower.place
        repositorySyncID = subject.follower.repositorySyncID
        bot = subject.follower.botID
        githubID = issue.id
        githubNumber = issue.number
        url = issue.link(in: repository)
        reference = "\(repository.fullName)#\(issue.number)"
    }
}

extension GitHubIssue {
    /// The address of the issue's page; Plane's column holds 200 characters.
    fileprivate func link(in repository: GitHubRepository) -> String {
        let isUsable = url.unicodeScalars.count <= 200 && GitHubServer(ofPage: url) != nil
        return isUsable ? url : "\(repository.url)/issues/\(number)"
    }
}

extension IssueWrites {
    /// Inserts the rows that belong to issues with a counterpart: the sync row and the link.
    static func linkQueries(_ new: [LinkedIssue]) -> [Query] {
        guard !new.isEmpty else { return [] }
        let new = new.sorted { $0.id < $1.id }
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

    /// Puts new issues into the module that settings chose, unless it is gone.
    static func moduleQueries(_ new: [NewIssue]) -> [Query] {
        let new = new.filter { $0.moduleID != nil }.sorted { $0.id < $1.id }
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
