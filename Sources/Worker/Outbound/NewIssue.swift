import Base
import Database
import Foundation
import GitHub
import GitHubClient
import Jobs
import Queue
import Sync
import Text

/// An issue that was made in Plane and is to be created on GitHub.
struct NewIssue: Sendable {
    let place: OutboundPlace
    let name: String
    let html: String

    /// Reads an issue; none when it is not to be created, or not any more.
    static func read(_ object: OutboundObject) -> Read<[NewIssue]> {
        let query: Query = """
            with \(Connection.active(of: "array[\(object.repositorySyncID)]")), touched as (select \(object.planeID) as id)
            select \(OutboundPlace.columns), i.name, i.description_html
            from (\(Connection.newIssues)) as n (repository_sync_id, kind, plane_id, pause, is_deletion)
            inner join public.issues as i on i.id = n.plane_id
            \(OutboundPlace.tables(of: "n.repository_sync_id"))
            """
        return Read(query) { rows in try rows.compactMap(NewIssue.init(row:)) }
    }

    private init?(row: Row) throws {
        guard let place = try OutboundPlace(row: row) else { return nil }
        self.place = place
        name = try row.get("name")
        html = try row.getIfPresent("description_html") ?? ""
    }
}

extension OutboundSender {
    /// Creates an issue on GitHub, or finds the one that an earlier attempt created; what it has besides its title and its
    /// text follows.
    /// - Returns: what was sent, in words.
    func create(_ issue: NewIssue, _ attempt: Attempt) async throws -> [String] {
        let (object, repository) = (attempt.object, issue.place.repository)
        let found = try await self.repository(issue.place)
        if let creation = object.creation {
            if let created = try await look(for: creation, issue, object) {
                return try await adopt(created, issue, found, attempt)
            }
            guard creation.isOlder(than: Self.lag) else {
                throw Unsent(.delayed(by: .seconds(10), reason: "nobody knows yet whether GitHub created it"))
            }
        }
        let identity = try await identity(in: repository)
        let body = try await markdown(of: issue, in: found.repository, object)
        var creation = Creation(by: identity.user.id, app: identity.appID, at: Date())
        creation.setIssue(title: issue.name, text: body, html: issue.html)
        let sentAt = Date()
        let answer = try await create(creation, attempt) { () async throws(GitHubError) in
            try await client.createIssue(in: repository, title: issue.name, body: body)
        }
        let created = Created(reading: answer.content, sentAt: sentAt, answeredAt: answer.answeredAt)
        return try await adopt(created, issue, found, attempt)
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

    private struct Created {
        let reading: IssueReading
        let sentAt: Date
        let answeredAt: Timestamp?
    }

    private func look(for creation: Creation, _ issue: NewIssue, _ object: OutboundObject) async throws -> Created? {
        // GitHub's clock may be behind ours.
        let since = Timestamp(creation.sentAt.addingTimeInterval(-120))
        let sentAt = Date()
        var pages = client.issues(in: issue.place.repository, since: since)
        while let page = try await pages.nextPage() {
            let found = page.content.content?.elements.first { reading in
                MarkedObject(reading.issue, in: issue.place.repositoryID)?
                    .isOutcome(of: creation, for: object.planeID) ?? false
            }
            if let found { return Created(reading: found, sentAt: sentAt, answeredAt: page.answeredAt) }
        }
        return nil
    }

    private func adopt(
        _ created: Created,
        _ issue: NewIssue,
        _ repository: RepositoryReading,
        _ attempt: Attempt
    ) async throws -> [String] {
        let shown = created.reading.issue
        guard let marked = MarkedObject(shown, in: issue.place.repositoryID) else {
            throw GitHubError.validation("#\(shown.number) does not have the text that was sent")
        }
        let reading = try Reading(in: repository, ids: ids, sentAt: created.sentAt, answeredAt: created.answeredAt)
        let words = ["created: #\(shown.number) \(issue.name)"]
        try await connection.finish(
            attempt.object,
            .sent(words),
            token: attempt.token,
            sent: words,
            shown: reading.issue(created.reading),
            adopted: marked
        )
        return words
    }
}

extension Creation {
    func isOlder(than age: Duration) -> Bool { Date().timeIntervalSince(sentAt) > age / .seconds(1) }
}
