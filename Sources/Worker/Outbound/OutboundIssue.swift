import Base
import Database
import Foundation
import GitHub
import GitHubClient
import Sync
import Text

/// An issue that exists on both sides, with everything that decides what of it goes to GitHub.
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

    var place: OutboundPlace
    let number: Int64
    let githubID: Int64
    /// The event that was last applied; another one means that both sides have to be compared anew.
    let version: UUID
    let isDeleted: Bool
    let name: String
    let html: String
    let state: GitHubIssue.State
    let stateID: UUID?
    let labels: [Label]
    let assignees: [Person]
    /// On what both sides agree, as it is stored and as it turned out since.
    let stored: IssueAgreement
    var agreement: IssueAgreement
    /// The delivery that the text in Plane came from, if it is still there and nobody knows whether the text says the same.
    let base: IssueBase?
    /// What the sync wrote over shortly before the issue was found to differ, in fields that nobody has changed since.
    var replaced: Replaced?

    var rules: OutboundRules { place.rules }
}

/// GitHub's text of an issue as it was when it was last applied.
struct IssueBase: Sendable {
    let repository: GitHubRepository
    let body: String

    fileprivate init?(_ payload: JSONText, _ type: EventType) {
        guard let payload = try? Payload(payload.bytes, event: type) else { return nil }
        repository = payload.repository
        switch payload.content {
        case .issue(let issue), .comment(_, on: let issue): body = issue.body
        default: return nil
        }
    }
}

/// Where an object in Plane belongs on GitHub.
struct OutboundPlace: Sendable {
    let repositoryID: Int64
    let repository: RepositoryName
    var rules: OutboundRules
    let settings: SyncSettings
    /// The issue as in `GH-12`.
    let issue: String
    let workspace: String

    /// Columns that it is read from, given the connection `f`, its repository `r`, settings `s`, and the issue `i` with its
    /// project `p` and workspace `w`.
    static let columns: Query = """
        r.repository_id, r.owner || '/' || r.name as repository, s.settings, w.slug as workspace,
        p.identifier || '-' || i.sequence_id as display_name
        """

    /// What these come from, given a column with the key of a connection.
    static func tables(of repositorySyncID: Query) -> Query {
        """
        inner join public.projects as p on p.id = i.project_id
        inner join public.workspaces as w on w.id = p.workspace_id
        inner join public.github_repository_syncs as f on f.id = \(repositorySyncID) and f.deleted_at is null
        inner join public.github_repositories as r on r.id = f.repository_id and r.deleted_at is null
        inner join github_sync.github_sync_settings as s on s.repository_sync_id = f.id
        """
    }
}

extension OutboundPlace {
    /// Nil when nothing is to be sent there any more.
    init?(row: Row) throws {
        settings = try row.getJSON("settings")
        let name: String = try row.get("repository")
        guard settings.outbound.issues != .off, let repository = RepositoryName(name) else { return nil }
        self.repository = repository
        rules = settings.outboundRules
        repositoryID = try row.get("repository_id")
        issue = try row.get("display_name")
        workspace = try row.get("workspace")
    }
}

extension OutboundIssue {
    /// Reads an issue; none when there is nothing to send for it: it is not on both sides, or nobody asks for it any more.
    static func read(_ object: OutboundObject) -> Read<[OutboundIssue]> {
        // While GitHub is away an issue may wait for hours.
        let staleness = (object.age + .seconds(180)) / .seconds(1)
        let query: Query = """
            select
                \(OutboundPlace.columns), v.number as github_number, v.github_issue_id, v.event_id,
                i.deleted_at is not null as is_deleted, i.name, i.description_html, i.state_id,
                case when v.replaced_at > now() - make_interval(secs => \(staleness)) then (
                    select jsonb_object_agg(field.key, field.value)
                    from jsonb_each(v.replaced) as field, cast(field.value ->> 'at' as timestamptz) as at
                    where at > now() - make_interval(secs => \(staleness))
                        and not exists (
                            select from public.issue_activities as a
                            where a.issue_id = i.id and a.field = field.key and a.created_at > at
                        )
                ) end as replaced,
                case when st."group" in ('completed', 'cancelled') then st."group" else 'open' end as plane_group,
                \(IssueAgreement.columns), \(labels) as plane_labels, \(assignees) as plane_assignees,
                e.event_type as base_type, e.payload as base
            from github_sync.github_issue_versions as v
            inner join public.issues as i on i.id = v.issue_id
            \(OutboundPlace.tables(of: "v.repository_sync_id"))
            left join public.states as st on st.id = i.state_id
            left join github_sync.github_webhook_events as e
                on e.id = v.event_id
                    and substr(sha256(convert_to(i.description_html, 'UTF8')), 1, 16) is distinct from v.plane_text_hash
            where v.repository_sync_id = \(object.repositorySyncID) and v.issue_id = \(object.planeID)
                and v.deleted_at is null and v.github_updated_at is not null and v.number is not null
            """
        return Read(query) { rows in try rows.compactMap(OutboundIssue.init(row:)) }
    }

    /// The label that makes issues go out says nothing on GitHub.
    private static let labels: Query = """
        (
            select coalesce(jsonb_agg(jsonb_build_object(
                'id', l.id, 'name', l.name, 'color', l.color, 'githubID', g.github_label_id, 'githubName', g.name
            ) order by l.id), '[]')
            from public.issue_labels as x
            inner join public.labels as l on l.id = x.label_id and l.deleted_at is null
            left join lateral (
                select n.github_label_id, n.name
                from github_sync.github_label_versions as n
                where n.label_id = l.id and n.repository_sync_id = v.repository_sync_id and n.deleted_at is null
                order by n.github_label_id limit 1
            ) as g on true
            where x.issue_id = i.id and x.deleted_at is null
                and (
                    not \(Query.cameWithIssue)
                    or exists (select from jsonb_each_text(v.labels) as a where a.value = x.label_id::text)
                )
                and (
                    coalesce(s.settings #>> '{outbound,issues}', '') <> 'label'
                    or lower(l.name) <> lower(coalesce(s.settings #>> '{outbound,create_label}', 'github'))
                )
        )
        """

    private static let assignees: Query = """
        (
            select coalesce(jsonb_agg(\(Person.document) order by u.id), '[]')
            from public.issue_assignees as x
            inner join public.users as u on u.id = x.assignee_id
            left join lateral (\(Person.account)) as g on true
            where x.issue_id = i.id and x.deleted_at is null
        )
        """

    private init?(row: Row) throws {
        guard let place = try OutboundPlace(row: row) else { return nil }
        self.place = place
        number = try row.get("github_number")
        githubID = try row.get("github_issue_id")
        version = try row.get("event_id")
        isDeleted = try row.get("is_deleted")
        name = try row.get("name")
        html = try row.getIfPresent("description_html") ?? ""
        stateID = try row.getIfPresent("state_id")
        // What a program of another version stored counts as nothing.
        replaced = try? row.getJSONIfPresent("replaced")
        state = isDeleted ? .cancelled : try row.get("plane_group")
        var labels: [Label] = try row.getJSON("plane_labels")
        for index in labels.indices where labels[index].githubName == nil {
            labels[index].githubName = place.settings.gitHubLabel(for: labels[index].name)
        }
        self.labels = labels
        assignees = try row.getJSON("plane_assignees")
        stored = try IssueAgreement(row: row)
        agreement = stored
        base = try IssueBase(row: row)
    }
}

extension IssueBase {
    fileprivate init?(row: Row) throws {
        let payload = try row.getIfPresent("base", as: JSONText.self)
        let type = try row.getIfPresent("base_type", as: String.self).flatMap(EventType.init)
        guard let payload, let type else { return nil }
        self.init(payload, type)
    }
}

extension Connection {
    /// GitHub's texts as deliveries showed them, as far as these are still there.
    func bases(_ deliveries: [UUID]) throws -> [IssueBase] {
        try run(
            """
            select event_type as base_type, payload as base from github_sync.github_webhook_events
            where id = any(\(deliveries))
            """
        ).compactMap(IssueBase.init(row:))
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
