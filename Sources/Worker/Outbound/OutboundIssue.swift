import Base
import Database
import Foundation
import GitHub
import GitHubClient
import Sync

/// An issue in Plane with everything that decides what of it goes to GitHub.
struct OutboundIssue: Sendable {
    /// A label that somebody attached in Plane, or that came from GitHub.
    struct Label: Sendable, Equatable, Codable {
        let id: UUID
        let name: String
        let color: String
        /// GitHub's label that it stands for; nil while none is known.
        let githubID: Int64?
        /// Its name on GitHub; nil if it is the same or is not known.
        var githubName: String?
    }

    let repositoryID: Int64
    let repository: RepositoryName
    let number: Int64
    let githubID: Int64
    let rules: OutboundRules
    /// The event that was last applied; another one means that both sides have to be compared anew.
    let version: UUID
    /// As in `GH-12`.
    let displayName: String
    let name: String
    let state: GitHubIssue.State
    let labels: [Label]
    let agreement: IssueAgreement
}

extension OutboundIssue {
    /// Reads an issue; none when there is nothing to send for it: it is gone on one side, or nobody asks for it any more.
    static func read(_ object: OutboundObject) -> Read<[OutboundIssue]> {
        let query: Query = """
            select
                r.repository_id, r.owner || '/' || r.name as repository, v.number as github_number, v.github_issue_id,
                s.settings, v.event_id, p.identifier || '-' || i.sequence_id as display_name, i.name,
                case when st."group" in ('completed', 'cancelled') then st."group" else 'open' end as plane_group,
                \(IssueAgreement.columns),
                (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'id', l.id, 'name', l.name, 'color', l.color, 'githubID', g.github_label_id,
                        'githubName', g.name
                    ) order by l.id), '[]')
                    from public.issue_labels as x
                    inner join public.labels as l on l.id = x.label_id and l.deleted_at is null
                    left join lateral (
                        select n.github_label_id, n.name
                        from github_sync.github_label_versions as n
                        where n.label_id = l.id and n.repository_sync_id = v.repository_sync_id
                            and n.deleted_at is null
                        order by n.github_label_id limit 1
                    ) as g on true
                    where x.issue_id = i.id and x.deleted_at is null
                        and (
                            not \(Query.cameWithIssue)
                            or exists (
                                select from jsonb_each_text(v.labels) as a where a.value = x.label_id::text
                            )
                        )
                ) as plane_labels
            from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            inner join public.projects as p on p.id = i.project_id
            inner join public.github_repository_syncs as f on f.id = v.repository_sync_id and f.deleted_at is null
            inner join public.github_repositories as r on r.id = f.repository_id and r.deleted_at is null
            inner join github_sync.github_sync_settings as s on s.repository_sync_id = v.repository_sync_id
            left join public.states as st on st.id = i.state_id
            where v.repository_sync_id = \(object.repositorySyncID) and v.issue_id = \(object.planeID)
                and v.deleted_at is null and v.github_updated_at is not null and v.number is not null
            """
        return Read(query) { rows in try rows.compactMap(OutboundIssue.init(row:)) }
    }

    private init?(row: Row) throws {
        let settings: SyncSettings = try row.getJSON("settings")
        let name: String = try row.get("repository")
        guard settings.outbound.issues != .off, let repository = RepositoryName(name) else { return nil }
        self.repository = repository
        repositoryID = try row.get("repository_id")
        number = try row.get("github_number")
        githubID = try row.get("github_issue_id")
        rules = settings.outboundRules
        version = try row.get("event_id")
        displayName = try row.get("display_name")
        self.name = try row.get("name")
        state = try row.get("plane_group")
        var labels: [Label] = try row.getJSON("plane_labels")
        for index in labels.indices where labels[index].githubName == nil {
            labels[index].githubName = settings.gitHubLabel(for: labels[index].name)
        }
        self.labels = labels
        agreement = try IssueAgreement(row: row)
    }
}

extension Query {
    /// Whether the link `x` of a label came with the issue `v` when the sync made it, as settings ask for new issues;
    /// such a label stays in Plane.
    ///
    /// That the bot attached it does not tell: when somebody changes the labels of an issue, Plane attaches all of them
    /// anew in the name of who made the issue.
    static let cameWithIssue: Query = """
        exists (
            select from public.github_issue_syncs as g
            where g.issue_id = x.issue_id and g.repository_sync_id = v.repository_sync_id
                and g.created_at = x.created_at
        )
        """
}
