import Base
import Database
import Foundation
import GitHub
import JSON

/// An object on GitHub, as a delivery shows it, and what the sync does with its kind.
///
/// `Registry` lists the kinds; the rest of the sync names none of them. Snapshots are classes, because a batch looks at
/// each of them from many sides, and to copy all their texts and lists each time would be dear.
protocol Snapshot: AnyObject, Sendable {
    /// What is known of the batch's objects of this kind while they are locked.
    associatedtype Known: Sendable & Emptiable
    /// What a batch writes about objects of this kind.
    associatedtype Writes: ObjectWrites

    /// What the actions of GitHub's events say about objects of this kind.
    static var effects: [EventType: [String: Effect]] { get }

    /// Nil when the delivery shows no object of this kind.
    /// - Throws: `PayloadProblem` naming the field of the payload that cannot be used.
    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) throws(PayloadProblem)

    var origin: Origin { get }
    var githubID: Int64 { get }
    /// Objects without a time on GitHub all have the same one, so that the order of receipt decides.
    var updatedAt: Timestamp { get }
    /// Whether GitHub says that the object is gone, which beats every other snapshot of it.
    var isGone: Bool { get }
    /// What puts snapshots of one second in order; nil when no history is kept, and the order of receipt decides.
    var trace: Trace? { get }
    /// The people whose Plane users the rules may ask for.
    var people: [GitHubUser] { get }

    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query]
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<Known>
    /// The version of the object that was last applied; nil when there is none, or when no history is kept.
    func applied(as key: PlaneKey, in world: World) -> AppliedVersion?

    /// Decides what the newest snapshot of an object changes in one project; nil when it does not concern the project.
    ///
    /// `isNewer` is false when a newer one was applied before.
    func plan(isNewer: Bool, in follower: Follower, _ planner: inout Planner) -> Planner.Note?
    /// Decides what depends on the plans for the objects of all kinds.
    func planConsequences(in follower: Follower, _ planner: inout Planner)
}

extension Snapshot {
    var isGone: Bool { false }
    var trace: Trace? { nil }
    var people: [GitHubUser] { [] }

    func applied(as key: PlaneKey, in world: World) -> AppliedVersion? { nil }

    func planConsequences(in follower: Follower, _ planner: inout Planner) {}

    var eventID: UUID { origin.eventID }
    var repository: GitHubRepository { origin.repository }
    var key: GitHubKey { GitHubKey(repositoryID: repository.id, id: githubID) }
    var version: ObjectVersion { ObjectVersion(updatedAt: updatedAt, eventID: eventID) }

    func key(in follower: Follower) -> PlaneKey {
        PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: githubID)
    }

    func object(in follower: Follower) -> SyncedObject {
        SyncedObject(kind: ObjectIdentifier(Self.self), key: key(in: follower))
    }
}

/// The rows that a batch writes about objects of one kind.
protocol ObjectWrites: Emptiable {
    /// `histories` are those of the objects of this kind, including objects that get no new version.
    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query]
    /// Statements that come after all others, so that a deletion takes along what was attached to its object.
    var deletions: [Query] { get }
}

extension ObjectWrites {
    var deletions: [Query] { [] }
}

/// The version of an object that was last applied, with the history it was chosen from.
struct AppliedVersion: Sendable, Equatable {
    let version: ObjectVersion
    let history: SecondHistory
}

/// An object on GitHub, by its kind, as one connection sees it.
struct SyncedObject: Sendable, Hashable {
    /// The type of its snapshots.
    let kind: ObjectIdentifier
    let key: PlaneKey
}

/// A value that has nothing in it yet.
protocol Emptiable {
    init()
}

extension Dictionary: Emptiable {}
