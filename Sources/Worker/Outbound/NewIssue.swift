import Database
import Foundation
import GitHub
import GitHubClient
import Jobs
import Sync
import Text

/// An issue that was made in Plane and is to be created on GitHub.
struct NewIssue: Sendable {
    let place: OutboundPlace
    let name: String
    let html: String
    let isDeleted: Bool

    /// Reads an issue; none when it is not to be created, or not any more.
    static func read(_ object: OutboundObject) -> Read<[NewIssue]> {
        let query: Query = """
            with \(Connection.active(of: "array[\(object.repositorySyncID)]")), touched as (select \(object.planeID) as id)
            select \(OutboundPlace.columns), i.name, i.description_html, i.deleted_at is not null as is_deleted
            from (
                \(Connection.newIssues)
                union all
                \(abandoned)
            ) as n (repository_sync_id, kind, plane_id, seen, pause, is_deletion)
            inner join public.issues as i on i.id = n.plane_id
            \(OutboundPlace.tables(of: "n.repository_sync_id"))
            """
        return Read(query) { rows in try rows.compactMap(NewIssue.init(row:)) }
    }

    /// Issues that were deleted in Plane while nobody knows whether GitHub created them.
    private static let abandoned: Query = """
        select a.repository_sync_id, 'issue', i.id, null::text, 0, true
        from touched as t
        inner join public.issues as i on i.id = t.id and i.deleted_at is not null
        cross join active as a
        inner join github_sync.github_outbound as g
            on g.plane_id = i.id and g.repository_sync_id = a.repository_sync_id and g.kind = 'issue'
                and g.creation is not null
        where not exists (
            select from github_sync.github_issue_versions as v
            where v.issue_id = i.id and v.repository_sync_id = a.repository_sync_id
        )
        """

    private init?(row: Row) throws {
        guard let place = try OutboundPlace(row: row) else { return nil }
        self.place = place
        name = try row.get("name")
        html = try row.getIfPresent("description_html") ?? ""
        isDeleted = try row.get("is_deleted")
    }
}

extension OutboundSender {
    /// Creates an issue on GitHub; what it has besides its title and its text follows.
    /// - Returns: what was sent, in words.
    func create(_ issue: NewIssue, _ attempt: Attempt) async throws -> [String] {
        let (client, place, object) = (client, issue.place, attempt.object)
        let found = try await repository(place)
        let new = NewObject<IssueReading>(
            place: place,
            isWanted: !issue.isDeleted,
            markdown: { try await markdown(of: issue, in: found.repository, object) },
            record: { $1.setIssue(title: issue.name, text: $0, html: issue.html) },
            call: { (body) async throws(GitHubError) in
                try await client.createIssue(in: place.repository, title: issue.name, body: body)
            },
            list: { client.issues(in: place.repository, since: $0) },
            marked: { MarkedObject($0.issue, in: place.repositoryID) },
            delivery: { $1.issue($0) },
            words: { "created: #\($0.issue.number) \(issue.name)" }
        )
        return try await create(new, in: found, attempt)
    }

    /// The text in Plane as Markdown, with the mark by which it is found again.
    func markdown(
        of issue: NewIssue,
        in repository: GitHubRepository,
        _ object: OutboundObject
    ) async throws -> String {
        let text = OutboundText(issue.html, in: MarkdownContext(repository: repository, issueNumber: 0))
        let target = try await target(of: text, at: issue.place)
        return PlaneMark(.issue, object.planeID).added(to: EditorHTML.markdown(text.html, for: target))
    }
}
