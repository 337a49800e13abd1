import Foundation
import GitHub

/// GitHub users and the Plane users they are.
struct People: Sendable {
    struct Person: Sendable, Equatable {
        let userID: UUID
        let displayName: String
        /// An active member with a role that may be assigned (15 or more).
        let isAssignable: Bool
    }

    /// Per project: only its active members count.
    var members: [UUID: [Int64: Person]] = [:]
    /// Names of the users who are assigned now, for the activity log.
    var names: [UUID: String] = [:]

    func member(_ user: GitHubUser?, of projectID: UUID) -> Person? {
        user.flatMap { members[projectID]?[$0.id] }
    }
}
