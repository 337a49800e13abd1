import Base
import Database
import Foundation

/// An object on GitHub, by GitHub's ids.
struct GitHubKey: Sendable, Hashable, Comparable {
    let repositoryID: Int64
    let id: Int64

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.repositoryID, lhs.id) < (rhs.repositoryID, rhs.id) }
}

/// An object on GitHub, as one connection sees it.
struct PlaneKey: Sendable, Hashable, Comparable {
    let repositorySyncID: UUID
    let githubID: Int64

    static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.repositorySyncID, lhs.githubID) < (rhs.repositorySyncID, rhs.githubID)
    }
}

extension PlaneKey {
    /// `column` is the one that holds GitHub's id.
    init(_ row: Row, githubID column: String) throws {
        repositorySyncID = try row.get("repository_sync_id")
        githubID = try row.get(column)
    }
}

/// The time that GitHub gives an object, and the event that showed it so.
///
/// Of two snapshots from different seconds, the one with the larger version is newer. Within a second `SecondHistory`
/// decides.
struct ObjectVersion: Sendable, Hashable, Comparable {
    /// GitHub's `updated_at`, to the second.
    let updatedAt: Timestamp
    /// The order of these ids is the order of receipt.
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

    /// Nil when no version was applied yet.
    init?(ifAppliedIn row: Row) throws {
        guard let updatedAt: Timestamp = try row.getIfPresent("github_updated_at") else { return nil }
        self.updatedAt = updatedAt
        eventID = try row.get("event_id")
    }
}

extension Bytes {
    /// The first half of a SHA-256, which is enough to tell one text from another.
    static func hash(of text: String) -> Bytes { Bytes(Array(sha256(text.utf8).prefix(16))) }
}
