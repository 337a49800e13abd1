import Database
import Foundation
import GitHub

/// The link from an issue in Plane to its page on the dashboard.
struct PageLink: Sendable, Equatable {
    let key: PlaneKey
    let issueID: UUID
    let place: Place
    let bot: UUID
    let url: String
    /// The address that the sync gave it before; nil for a new link.
    let former: String?
}

extension Planner {
    /// Links an issue to its page on the dashboard, where settings ask for it.
    ///
    /// An issue gets its link once, so one that somebody removed in Plane stays away. One that is there follows the
    /// address of the dashboard and the name of the repository. It is no edit of the issue, whose row stays as it is.
    mutating func planPageLink(of subject: IssueSubject) {
        let (follower, snapshot) = (subject.follower, subject.snapshot)
        guard let link = follower.settings.issueLink else { return }
        let url = link.page(of: snapshot.issue.number, in: snapshot.repository.fullName)
        guard url != subject.record.pageURL else { return }
        writes.issues.pageLinks.append(
            PageLink(
                key: subject.key,
                issueID: subject.record.id,
                place: follower.place,
                bot: follower.botID,
                url: url,
                former: subject.record.pageURL
            )
        )
    }
}

extension IssueWrites {
    /// Inserts and moves links, and stores the addresses that they were given.
    static func pageLinkQueries(_ links: [PageLink]) -> [Query] {
        guard !links.isEmpty else { return [] }
        let links = links.sorted { $0.issueID < $1.issueID }
        let (new, moved) = (links.filter { $0.former == nil }, links.filter { $0.former != nil })
        return (new.isEmpty ? [] : [insertion(of: new)]) + (moved.isEmpty ? [] : [move(of: moved)]) + [
            """
            update github_sync.github_issue_versions as v
            set page_url = n.url
            from unnest(
                \(links.map(\.key.repositorySyncID)), \(links.map(\.key.githubID)), \(links.map(\.url))
            ) as n (sync_id, github_id, url)
            where v.repository_sync_id = n.sync_id and v.github_issue_id = n.github_id
            """
        ]
    }

    private static func insertion(of new: [PageLink]) -> Query {
        """
        insert into public.issue_links (
            id, created_at, updated_at, created_by_id, title, url, metadata, issue_id, project_id, workspace_id
        )
        select
            github_sync.plane_id(issue_id, 'page', github_id), now(), now(), bot, \(IssueLink.title), url, '{}', issue_id,
            project_id, workspace_id
        from unnest(
            \(new.map(\.issueID)), \(new.map(\.key.githubID)), \(new.map(\.bot)), \(new.map(\.url)),
            \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID))
        ) as n (issue_id, github_id, bot, url, project_id, workspace_id)
        on conflict (id) do nothing
        """
    }

    /// An address that somebody changed in Plane stays.
    private static func move(of links: [PageLink]) -> Query {
        """
        update public.issue_links as l
        set url = n.url, updated_at = now(), updated_by_id = n.bot
        from unnest(
            \(links.map(\.issueID)), \(links.map(\.key.githubID)), \(links.map(\.bot)), \(links.map(\.url)),
            \(links.map(\.former))
        ) as n (issue_id, github_id, bot, url, former)
        where l.id = github_sync.plane_id(n.issue_id, 'page', n.github_id) and l.url = n.former
            and l.deleted_at is null
        """
    }
}
