import Base
import Database
import Foundation

/// An object of GitHub's, by GitHub's ids.
struct GitHubKey: Sendable, Hashable, Comparable {
    let repositoryID: Int64
    let id: Int64

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.repositoryID, lhs.id) < (rhs.repositoryID, rhs.id) }
}

/// An object of GitHub's as one project sees it.
struct PlaneKey: Sendable, Hashable, Comparable {
    let repositorySyncID: UUID
    let githubID: Int64

    static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.repositorySyncID, lhs.githubID) < (rhs.repositorySyncID, rhs.githubID)
    }
}

extension PlaneKey {
    /// `column` is the one with GitHub's id.
    init(_ row: Row, githubID column: String) throws {
        repositorySyncID = try row.get("repository_sync_id")
        githubID = try row.get(column)
    }
}

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

extension ObjectVersion {
    init(row: Row) throws {
        updatedAt = try row.get("github_updated_at")
        eventID = try row.get("event_id")
    }

    /// Nil where nothing was applied yet.
    init?(ifAppliedIn row: Row) throws {
        guard let updatedAt: Timestamp = try row.getIfPresent("github_updated_at") else { return nil }
        self.updatedAt = updatedAt
        eventID = try row.get("event_id")
    }
}

extension Bytes {
    /// Half of a SHA-256: enough to tell one text from the next.
    static func hash(of text: String) -> Bytes { Bytes(Array(sha256(text.utf8).prefix(16))) }
}
