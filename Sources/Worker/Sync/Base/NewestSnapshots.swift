import Base
import Foundation
import GitHub

/// The newest delivery that a batch has for one object, compared with the deliveries that were processed before.
struct NewestSnapshot<Shown: Snapshot>: Sendable, Equatable {
    /// The delivery that shows the object as it is now, or else the newest one of the batch, which is not applied then.
    let snapshot: Shown
    /// Whether the snapshot is newer than the version that was last applied, and so has to be applied.
    let isNewer: Bool
    /// The history to store for the next decision; nil when the stored one stays as it is.
    let history: SecondHistory?
}

/// The newest snapshots of the objects in a batch, as one project sees them; a tombstone beats every snapshot.
struct NewestSnapshots: Sendable {
    private var byKind = ByKind()
    /// Deliveries that show an object as it is now and are not in the batch.
    private(set) var missing: Set<UUID> = []

    /// Reduces the deliveries of a batch that count for a project.
    init(_ batch: SyncBatch, for follower: Follower, in world: World) {
        for kind in Registry.kinds { add(kind, of: batch, for: follower, in: world) }
    }

    subscript<Shown: Snapshot>(_ kind: Shown.Type) -> [GitHubKey: NewestSnapshot<Shown>] { byKind[kind] }

    private mutating func add<Shown: Snapshot>(
        _ kind: Shown.Type,
        of batch: SyncBatch,
        for follower: Follower,
        in world: World
    ) {
        let counted = batch[kind].snapshots.filter {
            $0.repository.id == follower.repositoryID && world.refusal(of: $0.origin, by: follower) == nil
        }
        guard !counted.isEmpty else { return }
        let newest = Dictionary(grouping: counted, by: \.key).compactMapValues { snapshots in
            latest(snapshots, after: kind.applied(snapshots[0].key(in: follower), in: world[kind]), in: batch)
        }
        byKind[kind] = newest
    }

    private mutating func latest<Shown: Snapshot>(
        _ snapshots: [Shown],
        after applied: AppliedVersion?,
        in batch: SyncBatch
    ) -> NewestSnapshot<Shown>? {
        let gone = snapshots.filter(\.isGone)
        guard let newest = (gone.isEmpty ? snapshots : gone).max(by: { $0.version < $1.version }) else { return nil }
        var history = applied?.history ?? SecondHistory()
        for snapshot in snapshots {
            guard gone.isEmpty, let trace = snapshot.trace else {
                return NewestSnapshot(snapshot: newest, isNewer: true, history: nil)
            }
            history.insert(trace, at: snapshot.updatedAt)
        }
        let winner = history.winner
        if winner != applied?.version {
            if let chosen = snapshots.first(where: { $0.version == winner }) {
                return NewestSnapshot(snapshot: chosen, isNewer: true, history: history)
            }
            // A delivery stays out if settings no longer accept it, or if it was recalled and its payload is gone.
            if let id = winner?.eventID, batch[id] == nil, !batch.recalled.contains(id) { missing.insert(id) }
        }
        return NewestSnapshot(snapshot: newest, isNewer: false, history: history == applied?.history ? nil : history)
    }
}
