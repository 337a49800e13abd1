import Base
import Database
import Foundation
import GitHub

/// The rows that the planner needs for a batch, read while the version rows of its objects are locked.
struct World: Sendable {
    var followers: [Follower] = []
    /// Why nobody follows a repository of the batch, if there is a reason to give.
    var absences: [Int64: String] = [:]
    var states: [UUID: ProjectStates] = [:]
    var people = People()
    /// The outcome of the settings' rules for each delivery, for the connections that have rules.
    var rules: [RuleKey: RuleOutcome] = [:]
    /// What is known of the objects of each kind, in boxes so that a look at it copies nothing.
    private var known: [ObjectIdentifier: any Sendable] = [:]
    /// The newest snapshots in the batch, by connection.
    private(set) var newest: [UUID: NewestSnapshots] = [:]
    /// Repositories with an object of which only GitHub can tell for certain how it is now.
    var doubtful: Set<Int64> {
        Set(followers.filter { newest[$0.repositorySyncID]?.isDoubtful == true }.map(\.repositoryID))
    }

    private final class Box<Known: Sendable>: Sendable {
        let known: Known

        init(_ known: Known) { self.known = known }
    }

    /// Empty where nothing was read.
    subscript<Shown: Snapshot>(_ kind: Shown.Type) -> Shown.Known {
        _read {
            if let box = known[ObjectIdentifier(kind)] as? Box<Shown.Known> {
                yield box.known
            } else {
                yield Shown.Known()
            }
        }
        set { known[ObjectIdentifier(kind)] = Box(newValue) }
    }
}

extension World {
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<World> {
        Read.all(
            Follower.read(batch, targets),
            ProjectStates.read(batch, targets),
            People.read(batch),
            RuleOutcome.read(batch),
            Read.all(Registry.kinds.map { known($0, batch, targets) })
        ).map { followers, states, people, rules, known in
            World(
                followers: followers,
                states: states,
                people: people,
                rules: rules,
                known: Dictionary(known) { first, _ in first }
            )
        }
    }

    private static func known<Shown: Snapshot>(
        _ kind: Shown.Type,
        _ batch: SyncBatch,
        _ targets: PullTargets
    ) -> Read<(ObjectIdentifier, any Sendable)> {
        kind.read(batch, targets).map { (ObjectIdentifier(kind), Box($0)) }
    }

    /// Decides which delivery shows each object of the batch as it is now.
    ///
    /// - Throws: `Missing.deliveries` when such a delivery was processed before and is not in the batch.
    mutating func findNewest(in batch: SyncBatch) throws {
        let repositories = Set(batch.repositoryIDs)
        for follower in followers where repositories.contains(follower.repositoryID) {
            newest[follower.repositorySyncID] = NewestSnapshots(batch, for: follower, in: self)
        }
        let missing = newest.values.reduce(into: Set()) { $0.formUnion($1.missing) }
        guard missing.isEmpty || batch.recalls >= Self.recallLimit else { throw Missing.deliveries(missing) }
    }

    /// After so many recalls the batch goes on without the missing deliveries.
    ///
    /// An object whose deliveries arrive faster than they can be recalled keeps its version until the next one.
    private static let recallLimit = 5

    /// Why a connection's settings exclude a delivery; nil when they do not.
    func refusal(of origin: Origin, by follower: Follower) -> String? {
        guard follower.settings.accepts(origin.event, origin.action) else {
            return "settings: \(origin.event.rawValue).\(origin.action) is not accepted"
        }
        return rules(for: origin, by: follower)?.ignored.map { "settings: ignored by \($0)" }
            ?? ruleProblem(of: origin, by: follower)
    }

    /// Why a connection's rules could not be applied to a delivery; nil when they could.
    ///
    /// The delivery is left alone then, because one of the rules may have been meant to exclude it.
    func ruleProblem(of origin: Origin, by follower: Follower) -> String? {
        (rules(for: origin, by: follower)?.problem).map {
            "settings: the rules of \(follower.identifier) could not be applied: \($0)"
        }
    }

    /// Nil when the connection has no rules.
    func rules(for origin: Origin, by follower: Follower) -> RuleOutcome? {
        rules.isEmpty ? nil : rules[RuleKey(eventID: origin.eventID, repositorySyncID: follower.repositorySyncID)]
    }
}
