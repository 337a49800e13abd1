import Base
import Foundation
import GitHub

/// The newest delivery that a batch has for one object, compared with the deliveries that were processed before.
struct NewestSnapshot: Sendable {
    /// The delivery that shows the object as it is now, or else the newest one of the batch, which is not applied then.
    let snapshot: any Snapshot
    /// Whether the snapshot is newer than the version that was last applied, and so has to be applied.
    let isNewer: Bool
    /// The history to store for the next decision; nil when the stored one stays as it is.
    let history: SecondHistory?
}

/// The newest snapshots of the objects in a batch, as one project sees them; a tombstone beats every snapshot.
struct NewestSnapshots: Sendable {
    private var byKind: [ObjectIdentifier: [GitHubKey: NewestSnapshot]] = [:]
    /// Deliveries that show an object as it is now and are not in the batch.
    private(set) var missing: Set<UUID> = []
    /// Whether only GitHub can tell for certain how one of the objects is now.
    private(set) var isDoubtful = false

    /// Reduces the deliveries of a batch that count for a project.
    init(_ batch: SyncBatch, for follower: Follower, in world: World) {
        let deliveries = batch.deliveries.values.filter {
            $0.origin.repository.id == follower.repositoryID && world.refusal(of: $0.origin, by: follower) == nil
        }
        let objects = Dictionary(grouping: deliveries.flatMap(\.snapshots)) { $0.object(in: follower) }
        for (object, snapshots) in objects {
            byKind[object.kind, default: [:]][snapshots[0].key] =
                latest(snapshots, after: snapshots[0].applied(as: object.key, in: world), in: batch)
        }
    }

    /// The objects of a kind.
    subscript(_ kind: any Snapshot.Type) -> [GitHubKey: NewestSnapshot] { byKind[ObjectIdentifier(kind)] ?? [:] }

    private mutating func latest(
        _ snapshots: [any Snapshot],
        after applied: AppliedVersion?,
        in batch: SyncBatch
    ) -> NewestSnapshot? {
        let gone = snapshots.filter(\.isGone)
        guard let newest = (gone.isEmpty ? snapshots : gone).max(by: { $0.version < $1.version }) else { return nil }
        var history = applied?.history ?? SecondHistory()
        for snapshot in snapshots {
            guard gone.isEmpty, let trace = snapshot.trace else {
                return NewestSnapshot(snapshot: newest, isNewer: true, history: nil)
            }
            history.insert(trace, at: snapshot.updatedAt)
        }
        let isHistoryNew = history != applied?.history
        if isHistoryNew, history.isDoubtful { isDoubtful = true }
        let winner = history.winner
        if winner != applied?.version {
            if let chosen = snapshots.first(where: { $0.version == winner }) {
                return NewestSnapshot(snapshot: chosen, isNewer: true, history: history)
            }
            // A delivery stays out if settings no longer accept it, or if it was recalled and its payload is gone.
            if let id = winner?.eventID, batch.deliveries[id] == nil, !batch.recalled.contains(id) {
                missing.insert(id)
            }
        }
        return NewestSnapshot(snapshot: newest, isNewer: false, history: isHistoryNew ? history : nil)
    }
}
