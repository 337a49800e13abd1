import Foundation
import Shared

/// When GitHub says an object looked like this.
///
/// Of two snapshots the larger version is the newer one.
struct ObjectVersion: Sendable, Hashable, Comparable {
    /// GitHub's `updated_at`, to the second.
    let updatedAt: Timestamp
    /// Breaks the ties that one-second timestamps make: the order of receipt.
    let eventID: UUID

    static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.updatedAt, lhs.eventID.text) < (rhs.updatedAt, rhs.eventID.text)
    }
}

/// One GitHub issue of one repository, by GitHub's ids.
struct GitHubKey: Sendable, Hashable, Comparable {
    let repositoryID: Int64
    let id: Int64

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.repositoryID, lhs.id) < (rhs.repositoryID, rhs.id) }
}

/// What one delivery shows of GitHub: an issue, and perhaps a comment on it, each as a whole snapshot.
///
/// Every payload about a comment carries its whole issue. Taking both from every delivery is what makes the outcome a
/// function of the set of deliveries.
struct Observation: Sendable, Equatable {
    struct CommentView: Sendable, Equatable {
        let comment: GitHubComment
        let isGone: Bool
    }

    let eventID: UUID
    let repository: GitHubRepository
    let sender: GitHubUser?
    let issue: GitHubIssue
    /// Deleted, or transferred away: a tombstone.
    let issueIsGone: Bool
    let comment: CommentView?

    var issueKey: GitHubKey { GitHubKey(repositoryID: repository.id, id: issue.id) }
    var commentKey: GitHubKey? { comment.map { GitHubKey(repositoryID: repository.id, id: $0.comment.id) } }
    var issueVersion: ObjectVersion { ObjectVersion(updatedAt: issue.updatedAt, eventID: eventID) }
    var commentVersion: ObjectVersion? {
        comment.map { ObjectVersion(updatedAt: $0.comment.updatedAt, eventID: eventID) }
    }
}
