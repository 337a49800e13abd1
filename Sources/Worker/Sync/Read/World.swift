import Foundation
import Shared

/// What the database says about the objects of a batch, read while their version rows are locked.
struct World: Sendable {
    var followers: [Follower] = []
    var issues: [PlaneKey: IssueRecord] = [:]
    var comments: [PlaneKey: CommentRecord] = [:]
    var states: [UUID: ProjectStates] = [:]
    var labels: [UUID: ProjectLabels] = [:]
    var people = People()
}

/// A GitHub object as one project sees it.
struct PlaneKey: Sendable, Hashable {
    let repositorySyncID: UUID
    let githubID: Int64
}

/// A project that follows a repository.
struct Follower: Sendable, Equatable {
    let repositoryID: Int64
    let repositorySyncID: UUID
    let projectID: UUID
    let workspaceID: UUID
    /// The project's prefix, as in `GH-12`.
    let identifier: String
    /// The user in whose name the sync acts where GitHub's user is not known.
    let botID: UUID
}

extension Follower: RowDecodable {
    init(row: Row) throws {
        repositoryID = try row.get("repository_id")
        repositorySyncID = try row.get("repository_sync_id")
        projectID = try row.get("project_id")
        workspaceID = try row.get("workspace_id")
        identifier = try row.get("identifier")
        botID = try row.get("bot_id")
    }
}

/// The part of a snapshot that decides whether GitHub changed a field since.
struct AppliedIssue: Sendable, Equatable {
    let version: ObjectVersion
    let state: GitHubIssue.State
    let closedAt: Timestamp?
    let titleHash: Bytes
    let bodyHash: Bytes
    /// GitHub label id → Plane label id.
    let labels: [Int64: UUID]
    /// GitHub user id → Plane user id.
    let assignees: [Int64: UUID]
}

/// An issue: what we last applied of it, and how it stands in Plane.
struct IssueRecord: Sendable {
    /// The key Plane's issue has or will have.
    let id: UUID
    /// Nil when nothing was applied yet.
    let applied: AppliedIssue?
    /// GitHub said it is gone.
    let hasTombstone: Bool
    /// Nil when Plane has no such row.
    let plane: PlaneIssue?
    /// Live labels, and who attached each.
    var labels: [UUID: UUID?] = [:]
    /// Live assignees, and who assigned each.
    var assignees: [UUID: UUID?] = [:]
}

/// A row of Plane's `issues`.
struct PlaneIssue: Sendable, Equatable {
    let number: Int
    let name: String
    let html: String
    let stateID: UUID?
    let completedAt: Timestamp?
    let isDeleted: Bool
}

/// A comment: what we last applied of it, and how it stands in Plane.
struct CommentRecord: Sendable {
    struct Applied: Sendable, Equatable {
        let version: ObjectVersion
        let bodyHash: Bytes
    }

    struct PlaneComment: Sendable, Equatable {
        let html: String
        let editedAt: Timestamp?
        let isDeleted: Bool
    }

    let id: UUID
    let applied: Applied?
    let hasTombstone: Bool
    let plane: PlaneComment?
}

/// A project's states, ordered as Plane orders them.
struct ProjectStates: Sendable {
    struct State: Sendable, Equatable {
        let id: UUID
        let name: String
        let group: String
        let isDefault: Bool
    }

    /// By sequence, without the triage group: an issue in triage is not listed.
    var ordered: [State] = []

    func state(_ id: UUID?) -> State? { ordered.first { $0.id == id } }

    /// Where an issue goes that GitHub shows like this.
    ///
    /// A project without a state of the group keeps its issues where the default state is.
    func target(for state: GitHubIssue.State) -> State? {
        switch state {
        case .open: initial
        case .completed: ordered.first { $0.group == "completed" } ?? initial
        case .cancelled: ordered.first { $0.group == "cancelled" } ?? initial
        }
    }

    private var initial: State? { ordered.first(where: \.isDefault) ?? ordered.first }
}

/// A project's labels that the batch may need.
struct ProjectLabels: Sendable {
    struct Label: Sendable, Equatable {
        let id: UUID
        let name: String
    }

    /// By the bytes of the name, as PostgreSQL compares them; Swift takes `é` and `e` with an accent for equal.
    var byName: [Bytes: Label] = [:]
    /// By GitHub's id, for labels we made: one that was renamed in Plane is still the same label.
    var byGitHubID: [Int64: Label] = [:]
    var names: [UUID: String] = [:]

    func label(for label: GitHubLabel) -> Label? {
        byGitHubID[label.id] ?? byName[label.planeNameBytes]
    }
}

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

extension GitHubLabel {
    /// Plane's column holds 255 characters.
    var planeName: String { String(name.unicodeScalars.prefix(255)) }
    var planeNameBytes: Bytes { Bytes(Array(planeName.utf8)) }
}
