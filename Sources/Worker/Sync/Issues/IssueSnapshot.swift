import Base
import Database
import Foundation
import GitHub
import Text

/// An issue, and perhaps a comment on it, each shown as a whole.
///
/// Every payload about a comment carries its whole issue. Both are taken from every delivery, so that the outcome
/// depends only on the set of deliveries.
package struct IssueSnapshot: Sendable, Equatable {
    let origin: Origin
    package let issue: GitHubIssue
    /// Whether the issue was deleted or transferred away, which leaves a tombstone.
    let issueIsGone: Bool
    let comment: CommentSnapshot?
    /// The hash of the issue's Markdown.
    let bodyHash: Bytes
    let issueTrace: Trace

    init(origin: Origin, issue: GitHubIssue, issueIsGone: Bool, comment: CommentSnapshot? = nil) {
        self.origin = origin
        self.issue = issue
        self.issueIsGone = issueIsGone
        self.comment = comment
        bodyHash = .hash(of: issue.body)
        issueTrace = Trace(of: issue, bodyHash: bodyHash, in: origin)
    }

    var eventID: UUID { origin.eventID }
    var repository: GitHubRepository { origin.repository }
    /// The place on GitHub that links in the texts of the issue and its comments are relative to.
    var context: MarkdownContext { MarkdownContext(repository: repository, issueNumber: issue.number) }
    var issueKey: GitHubKey { GitHubKey(repositoryID: repository.id, id: issue.id) }
    var commentKey: GitHubKey? { comment.map { GitHubKey(repositoryID: repository.id, id: $0.comment.id) } }
    var issueVersion: ObjectVersion { ObjectVersion(updatedAt: issue.updatedAt, eventID: eventID) }

    func key(in follower: Follower) -> PlaneKey {
        PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: issue.id)
    }
}

/// A comment, as a delivery shows it.
struct CommentSnapshot: Sendable, Equatable {
    let comment: GitHubComment
    let isGone: Bool
    let version: ObjectVersion
    /// The hash of the comment's Markdown.
    let bodyHash: Bytes
    let trace: Trace

    init(_ comment: GitHubComment, isGone: Bool, in origin: Origin) {
        self.comment = comment
        self.isGone = isGone
        version = ObjectVersion(updatedAt: comment.updatedAt, eventID: origin.eventID)
        bodyHash = .hash(of: comment.body)
        trace = Trace(ofCommentWith: bodyHash, in: origin)
    }
}
