import Base
import Database
import Foundation
import GitHub

/// What is sent to create an issue or a comment on GitHub that was made in Plane.
///
/// It is stored before the call, whose answer may be lost and whose echo may come first. Whichever shows the object first
/// has it adopted: the object in Plane becomes its counterpart, and no second one is made.
package struct Creation: Sendable, Equatable, Codable {
    /// Who sends it, by GitHub's ids: only what they wrote is adopted.
    package let user: Int64
    package let app: Int64?
    package let sentAt: Date
    /// What was sent of an issue, and of a comment.
    package var issue: IssueIntents?
    package var comment: [TextAgreement.Pair]?

    package init(by user: Int64, app: Int64?, at time: Date) {
        self.user = user
        self.app = app
        sentAt = time
    }

    /// What is sent of an issue, with the values in Plane that it says.
    package mutating func setIssue(title: String, text: String, html: String) {
        var intents = IssueIntents()
        intents.title = [IssueAgreement.Title.Pair(github: .hash(of: title), plane: .hash(of: title))]
        intents.text = [TextAgreement.Pair(github: .hash(of: text), plane: .hash(of: html))]
        issue = intents
    }

    package mutating func setComment(text: String, html: String) {
        comment = [TextAgreement.Pair(github: .hash(of: text), plane: .hash(of: html))]
    }

    /// As JSON.
    package var document: String? { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } }
}

/// An object on GitHub that may be the counterpart of one in Plane: it bears its mark.
package struct MarkedObject: Sendable {
    let key: GitHubKey
    let mark: PlaneMark
    let author: Int64?
    let app: Int64?

    package init?(_ issue: GitHubIssue, in repositoryID: Int64) {
        self.init(issue.id, issue.body, issue.author, issue.appID, .issue, repositoryID)
    }

    package init?(_ comment: GitHubComment, in repositoryID: Int64) {
        self.init(comment.id, comment.body, comment.author, comment.appID, .comment, repositoryID)
    }

    private init?(
        _ id: Int64,
        _ body: String,
        _ author: GitHubUser?,
        _ app: Int64?,
        _ kind: PlaneMark.Kind,
        _ repositoryID: Int64
    ) {
        guard let mark = PlaneMark(endOf: body), mark.kind == kind else { return nil }
        self.mark = mark
        key = GitHubKey(repositoryID: repositoryID, id: id)
        self.author = author?.id
        self.app = app
    }

    /// Whether this is what was to be created.
    package func isOutcome(of creation: Creation, for id: UUID) -> Bool {
        mark.id == id && (author == creation.user || (app != nil && app == creation.app))
    }
}

extension VersionTable {
    /// Makes marked objects the counterparts of what was sent; those that nobody sent, or that have one, are left alone.
    ///
    /// These rows come before those that `insertions` makes.
    package func adoptions(_ marked: [MarkedObject]) -> [Query] {
        guard let planeID, !marked.isEmpty else { return [] }
        let marked = marked.sorted { $0.key < $1.key }
        return [
            """
            insert into \(identifier: "github_sync", name) (
                repository_sync_id, \(identifier: idColumn), \(identifier: planeID.column), born_in_plane, intents,
                intended_at
            )
            select f.repository_sync_id, o.github_id, x.plane_id, true, x.creation -> x.kind, now()
            from unnest(
                \(marked.map(\.key.repositoryID)), \(marked.map(\.key.id)), \(marked.map(\.mark.id)),
                \(marked.map(\.author)), \(marked.map(\.app))
            ) as o (repository_id, github_id, plane_id, author, app)
            inner join github_sync.followers(\(Set(marked.map(\.key.repositoryID)).sorted())) as f
                on f.repository_id = o.repository_id
            inner join github_sync.github_outbound as x
                on x.plane_id = o.plane_id and x.repository_sync_id = f.repository_sync_id and x.kind = \(planeID.kind)
            where ((x.creation ->> 'user')::bigint = o.author or (x.creation ->> 'app')::bigint = o.app)
                and not exists (
                    select from \(identifier: "github_sync", name) as v
                    where v.repository_sync_id = f.repository_sync_id and v.born_in_plane
                        and v.\(identifier: planeID.column) = x.plane_id
                )
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """
        ]
    }
}
