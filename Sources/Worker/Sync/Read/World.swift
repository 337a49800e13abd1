import Base
import Database
import Foundation
import GitHub

/// What the database says about the objects of a batch, read while their version rows are locked.
struct World: Sendable {
    var followers: [Follower] = []
    var issues: [PlaneKey: IssueRecord] = [:]
    var comments: [PlaneKey: CommentRecord] = [:]
    var states: [UUID: ProjectStates] = [:]
    var labels: [UUID: ProjectLabels] = [:]
    var people = People()
    /// What the settings' rules made of each delivery, for the connections that have rules.
    var rules: [RuleKey: RuleOutcome] = [:]
    var pulls = LinkedPulls()
    var labelVersions: [PlaneKey: LabelVersion] = [:]
    /// The labels that `label` events of the batch are about.
    var labelTargets: [PlaneKey: LabelTarget] = [:]
    var repositoryVersions: [UUID: ObjectVersion] = [:]
    /// What the batch's deliveries come to, by repository sync.
    private(set) var newest: [UUID: Newest] = [:]
}

extension World {
    /// Decides which delivery shows each object of the batch as it is now.
    ///
    /// - Throws: `Missing.deliveries` when one does that was worked on before and is not in the batch.
    mutating func settle(_ batch: SyncBatch) throws {
        var records: [UUID: Newest.Records] = [:]
        for (key, record) in issues {
            records[key.repositorySyncID, default: .init()].issues[key.githubID] = record.applied.map {
                Newest.Applied(version: $0.version, history: record.history)
            }
        }
        for (key, record) in comments {
            records[key.repositorySyncID, default: .init()].comments[key.githubID] = record.applied.map {
                Newest.Applied(version: $0.version, history: record.history)
            }
        }
        for (key, record) in pulls.stored {
            records[key.repositorySyncID, default: .init()].pulls[key.githubID] = Newest.Applied(
                version: record.version,
                history: record.history
            )
        }
        let repositories = Set(batch.repositoryIDs)
        for follower in followers where repositories.contains(follower.repositoryID) {
            newest[follower.repositorySyncID] = Newest(batch, after: records[follower.repositorySyncID] ?? .init()) {
                $0.repository.id == follower.repositoryID && refusal(of: $0, by: follower) == nil
            }
        }
        let missing = newest.values.reduce(into: Set()) { $0.formUnion($1.missing) }
        guard missing.isEmpty || batch.recalls >= Self.recallLimit else { throw Missing.deliveries(missing) }
    }

    /// An object whose deliveries arrive faster than they can be read again keeps what is applied until the next one.
    private static let recallLimit = 5
}

/// One delivery as one connection sees it.
struct RuleKey: Sendable, Hashable {
    let eventID: UUID
    let repositorySyncID: UUID
}

/// What `github_sync.apply_rules` answered.
struct RuleOutcome: Sendable, Equatable, Decodable {
    /// The predicate that says to leave the delivery alone.
    var ignored: String?
    var set: [String: String]?
    var labels: [String]?
    /// Why no rule could be applied.
    var problem: String?
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
    var settings = SyncSettings()
}

extension Follower: RowDecodable {
    init(row: Row) throws {
        repositoryID = try row.get("repository_id")
        repositorySyncID = try row.get("repository_sync_id")
        projectID = try row.get("project_id")
        workspaceID = try row.get("workspace_id")
        identifier = try row.get("identifier")
        botID = try row.get("bot_id")
        settings = try row.getJSONIfPresent("settings") ?? settings
    }
}

/// The part of a snapshot that decides whether GitHub changed a field since.
struct AppliedIssue: Sendable, Equatable {
    let version: ObjectVersion
    let number: Int64?
    let state: GitHubIssue.State
    let closedAt: Timestamp?
    let titleHash: Bytes
    let bodyHash: Bytes
    /// GitHub label id → Plane label id.
    let labels: [Int64: UUID]
    /// GitHub user id → Plane user id.
    let assignees: [Int64: UUID]
    /// What the rules made of the snapshot.
    let priority: Priority?
}

/// An issue: what we last applied of it, and how it stands in Plane.
struct IssueRecord: Sendable {
    /// The key Plane's issue has or will have.
    let id: UUID
    /// Nil when nothing was applied yet.
    let applied: AppliedIssue?
    /// The deliveries that what is applied was chosen from.
    let history: SecondHistory
    /// GitHub said it is gone.
    let hasTombstone: Bool
    /// Nil when Plane has no such row.
    var plane: PlaneIssue?
    /// Where it was left because the project had no state for what GitHub showed; nil when it had.
    var waitingStateID: UUID?
    /// Live labels, and who attached each.
    var labels: [UUID: UUID?] = [:]
    /// Live assignees, and who assigned each.
    var assignees: [UUID: UUID?] = [:]
}

/// A row of Plane's `issues`.
struct PlaneIssue: Sendable, Equatable {
    let number: Int
    let name: String
    /// Nil when its source on GitHub is what was last applied: nobody compares it then.
    var html: String?
    let authorID: UUID?
    let stateID: UUID?
    let priority: String
    let createdAt: Timestamp
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
        /// Whom Plane shows as its author.
        let authorID: UUID?
        let editedAt: Timestamp?
        let isDeleted: Bool
    }

    let id: UUID
    let applied: Applied?
    let history: SecondHistory
    let hasTombstone: Bool
    let plane: PlaneComment?
}
