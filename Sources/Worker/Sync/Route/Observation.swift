import Base
import Database
import Foundation
import GitHub
import Text

/// When GitHub says an object looked like this.
///
/// Of two snapshots of different seconds the larger version is the newer one; within a second `SecondHistory` decides.
struct ObjectVersion: Sendable, Hashable, Comparable {
    /// GitHub's `updated_at`, to the second.
    let updatedAt: Timestamp
    /// The order of receipt.
    let eventID: UUID

    static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.updatedAt, lhs.eventID) < (rhs.updatedAt, rhs.eventID)
    }
}

/// One GitHub issue of one repository, by GitHub's ids.
struct GitHubKey: Sendable, Hashable, Comparable {
    let repositoryID: Int64
    let id: Int64

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.repositoryID, lhs.id) < (rhs.repositoryID, rhs.id) }
}

/// Which delivery something was seen in.
package struct Origin: Sendable, Equatable {
    let eventID: UUID
    let event: EventType
    let action: String
    let repository: GitHubRepository
    let sender: GitHubUser?
    var delta = PayloadDelta()
}

/// What a delivery shows of GitHub.
enum Sighting: Sendable, Equatable {
    case issue(Observation)
    case pull(PullObservation)
    case label(LabelObservation)
    case repository(RepositoryObservation)

    var origin: Origin {
        switch self {
        case .issue(let seen): seen.origin
        case .pull(let seen): seen.origin
        case .label(let seen): seen.origin
        case .repository(let seen): seen.origin
        }
    }
}

/// An issue, and perhaps a comment on it, each as a whole snapshot.
///
/// Every payload about a comment carries its whole issue. Taking both from every delivery is what makes the outcome a
/// function of the set of deliveries.
package struct Observation: Sendable, Equatable {
    struct CommentView: Sendable, Equatable {
        let comment: GitHubComment
        let isGone: Bool
    }

    let origin: Origin
    package let issue: GitHubIssue
    /// Deleted, or transferred away: a tombstone.
    let issueIsGone: Bool
    let comment: CommentView?
    /// Of the issue's Markdown.
    let bodyHash: Bytes
    let issueTrace: Trace
    let commentTrace: Trace?

    init(origin: Origin, issue: GitHubIssue, issueIsGone: Bool, comment: CommentView? = nil) {
        self.origin = origin
        self.issue = issue
        self.issueIsGone = issueIsGone
        self.comment = comment
        bodyHash = .hash(of: issue.body)
        issueTrace = Trace(of: issue, bodyHash: bodyHash, in: origin)
        commentTrace = comment.map { Trace(of: $0.comment, in: origin) }
    }

    var eventID: UUID { origin.eventID }
    var repository: GitHubRepository { origin.repository }
    /// What the texts of the issue and of its comments are relative to.
    var context: MarkdownContext { MarkdownContext(repository: repository, issueNumber: issue.number) }
    var issueKey: GitHubKey { GitHubKey(repositoryID: repository.id, id: issue.id) }
    var commentKey: GitHubKey? { comment.map { GitHubKey(repositoryID: repository.id, id: $0.comment.id) } }
    var issueVersion: ObjectVersion { ObjectVersion(updatedAt: issue.updatedAt, eventID: eventID) }
    var commentVersion: ObjectVersion? {
        comment.map { ObjectVersion(updatedAt: $0.comment.updatedAt, eventID: eventID) }
    }
}

/// A pull request, and the issues it closes or names.
struct PullObservation: Sendable, Equatable {
    let origin: Origin
    let pull: GitHubPullRequest
    let mentions: [IssueMention]
    let trace: Trace

    init(origin: Origin, pull: GitHubPullRequest) {
        self.origin = origin
        self.pull = pull
        mentions = IssueMention.all(
            title: pull.title,
            body: pull.body,
            branch: pull.branch,
            in: origin.repository
        )
        trace = Trace(of: pull, in: origin)
    }

    var key: GitHubKey { GitHubKey(repositoryID: origin.repository.id, id: pull.id) }
    var version: ObjectVersion { ObjectVersion(updatedAt: pull.updatedAt, eventID: origin.eventID) }
}

/// A label of a repository; GitHub gives it no time, so the order of receipt decides.
struct LabelObservation: Sendable, Equatable {
    let origin: Origin
    let label: GitHubLabel
    let isGone: Bool

    var key: GitHubKey { GitHubKey(repositoryID: origin.repository.id, id: label.id) }
}

/// A repository under the name it has now.
struct RepositoryObservation: Sendable, Equatable {
    let origin: Origin
    let updatedAt: Timestamp?
}

extension Bytes {
    /// Half of a SHA-256: enough to tell one text from the next.
    static func hash(of text: String) -> Bytes { Bytes(Array(sha256(text.utf8).prefix(16))) }
}
