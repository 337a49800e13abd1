import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import Jobs
import Queue
import Sync
import Text

/// A comment that was written in Plane, with everything that decides what of it goes to GitHub.
struct OutboundComment: Sendable {
    /// What is known of it on GitHub.
    struct Counterpart: Sendable {
        let id: Int64
        /// The event that was last applied.
        let version: UUID
        let text: TextAgreement
    }

    let place: OutboundPlace
    let issue: IssueName
    let html: String
    let author: String
    let isDeleted: Bool
    /// Nil when it is to be created.
    let counterpart: Counterpart?

    /// Reads a comment; none when there is nothing to send for it.
    static func read(_ object: OutboundObject) -> Read<[OutboundComment]> {
        let query: Query = """
            with \(Connection.active(of: "array[\(object.repositorySyncID)]")),
            touched_comments as (select \(object.planeID) as id)
            select \(OutboundPlace.columns), v.github_issue_id, v.number as github_number, c.comment_html,
                u.display_name as author, c.deleted_at is not null as is_deleted, k.github_comment_id, k.event_id,
                k.body_hash, k.plane_text_hash,
                case when k.intended_at > now() - interval '10 minutes' then k.intents end as intents
            from (
                \(Connection.changedComments)
                union all
                \(abandoned)
            ) as n (repository_sync_id, kind, plane_id, seen, pause, is_deletion)
            inner join public.issue_comments as c on c.id = n.plane_id
            inner join public.issues as i on i.id = c.issue_id
            \(OutboundPlace.tables(of: "n.repository_sync_id"))
            inner join github_sync.github_issue_versions as v
                on v.issue_id = i.id and v.repository_sync_id = n.repository_sync_id
            left join public.users as u on u.id = c.actor_id
            left join github_sync.github_comment_versions as k
                on k.comment_id = c.id and k.repository_sync_id = n.repository_sync_id and k.born_in_plane
            where k.comment_id is null or k.github_updated_at is not null
            """
        return Read(query) { rows in try rows.compactMap(OutboundComment.init(row:)) }
    }

    /// Comments that were deleted in Plane while nobody knows whether GitHub created them.
    private static let abandoned: Query = """
        select a.repository_sync_id, 'comment', c.id, null::text, 0, true
        from touched_comments as t
        inner join public.issue_comments as c on c.id = t.id and c.deleted_at is not null
        inner join public.issues as i on i.id = c.issue_id and i.deleted_at is null
        cross join active as a
        inner join github_sync.github_outbound as g
            on g.plane_id = c.id and g.repository_sync_id = a.repository_sync_id and g.kind = 'comment'
                and g.creation is not null
        where not exists (
            select from github_sync.github_comment_versions as k
            where k.comment_id = c.id and k.repository_sync_id = a.repository_sync_id and k.born_in_plane
        )
        """

    private init?(row: Row) throws {
        guard let place = try OutboundPlace(row: row) else { return nil }
        self.place = place
        issue = IssueName(id: try row.get("github_issue_id"), number: try row.get("github_number"))
        html = try row.get("comment_html")
        author = try row.getIfPresent("author") ?? "Somebody"
        isDeleted = try row.get("is_deleted")
        counterpart = try row.getIfPresent("github_comment_id").map { id in
            Counterpart(id: id, version: try row.get("event_id"), text: try TextAgreement(row: row))
        }
    }
}

extension OutboundSender {
    /// Brings a comment to GitHub.
    /// - Returns: what was sent, in words.
    func send(_ comment: OutboundComment, _ attempt: Attempt) async throws -> [String] {
        let found = try await repository(comment.place)
        guard let counterpart = comment.counterpart else { return try await create(comment, found, attempt) }
        let repository = comment.place.repository
        guard let (shown, delivery) = try await read(counterpart.id, comment, in: found) else {
            try await connection.finish(attempt.object, .sent([]), token: attempt.token)
            return []
        }
        func finish(_ words: [String], _ delivery: Delivery, storing: Read<Bool>? = nil) async throws -> [String] {
            try await connection.finish(
                attempt.object,
                .sent(words),
                token: attempt.token,
                sent: words,
                storing: storing,
                shown: delivery
            )
            return words
        }
        var agreement = counterpart.text
        func stored(_ agreement: TextAgreement) -> Read<Bool> {
            let object = attempt.object
            return agreement.storing(ofComment: object.planeID, in: object.repositorySyncID, at: counterpart.version)
        }
        if comment.isDeleted {
            let words = ["comment deleted"]
            try await connection.intend(words, stored(agreement), attempt.object, token: attempt.token)
            let sentAt = Date()
            let answer = try await client.deleteComment(counterpart.id, in: repository)
            let reading = try Reading(in: found, ids: ids, sentAt: sentAt, answeredAt: answer.answeredAt)
            return try await finish(words, reading.vanished(counterpart.id, on: comment.issue))
        }
        guard agreement.knows(source: shown.body) else {
            let reason = "what changed on GitHub comes to Plane first"
            throw Unsent(.waiting(forEvents: reason, attempt.object), shown: delivery)
        }
        let body = try await markdown(of: comment, over: shown.body, in: found.repository, attempt.object)
        guard body != shown.body else {
            agreement.settle(html: comment.html)
            return try await finish([], delivery, storing: stored(agreement))
        }
        agreement.intend(source: body, for: comment.html)
        let words = ["comment edited"]
        try await connection.intend(words, stored(agreement), attempt.object, token: attempt.token)
        _ = try await client.editComment(counterpart.id, in: repository, body: body)
        guard let (_, edited) = try await read(counterpart.id, comment, in: found) else { throw GitHubError.notFound }
        return try await finish(words, edited)
    }

    private func create(
        _ comment: OutboundComment,
        _ found: RepositoryReading,
        _ attempt: Attempt
    ) async throws -> [String] {
        let (client, place, issue, object) = (client, comment.place, comment.issue, attempt.object)
        let new = NewObject<CommentReading>(
            place: place,
            isWanted: !comment.isDeleted,
            markdown: { try await markdown(of: comment, over: nil, in: found.repository, object) },
            record: { $1.setComment(text: $0, html: comment.html) },
            call: { (body) async throws(GitHubError) in
                try await client.createComment(on: issue.number, in: place.repository, body: body)
            },
            list: { client.comments(on: issue.number, in: place.repository, since: $0) },
            marked: { MarkedObject($0.comment, in: place.repositoryID) },
            delivery: { $1.comment($0, on: issue.id) },
            words: { _ in "comment created" }
        )
        return try await create(new, in: found, attempt)
    }

    /// - Returns: the comment as GitHub shows it, and the same as a delivery; nil when it is gone.
    private func read(
        _ id: Int64,
        _ comment: OutboundComment,
        in repository: RepositoryReading
    ) async throws -> (GitHubComment, Delivery)? {
        let sentAt = Date()
        let answer: Answer<Conditional<CommentReading>>
        do throws(GitHubError) {
            answer = try await client.comment(id, in: comment.place.repository)
        } catch {
            guard error == .notFound || error == .gone else { throw error }
            return nil
        }
        guard let shown = answer.content.content else { return nil }
        let reading = try Reading(in: repository, ids: ids, sentAt: sentAt, answeredAt: answer.answeredAt)
        return (shown.comment, reading.comment(shown, on: comment.issue.id))
    }

    /// The comment in Plane as Markdown, under a line that names its author; `body` is what GitHub shows.
    func markdown(
        of comment: OutboundComment,
        over body: String?,
        in repository: GitHubRepository,
        _ object: OutboundObject
    ) async throws -> String {
        let context = MarkdownContext(repository: repository, issueNumber: comment.issue.number)
        let text = OutboundText(comment.html, in: context)
        let source = body.map { PlaneMark.removed(from: CommentHeading.removed(from: $0)) }
        if let body, let source, text.says(source) { return body }
        let target = try await target(of: text, at: comment.place)
        let markdown =
            source.map { text.markdown(over: $0, for: target) } ?? EditorHTML.markdown(text.html, for: target)
        let (issue, page) = (comment.place.issue, page(of: comment.place))
        let signed = CommentHeading.added(to: markdown, by: comment.author, in: issue, page: page)
        return PlaneMark(.comment, object.planeID).added(to: signed)
    }
}
