import Database
import Foundation
import GitHub

/// The deliveries of a claim that are to be synced, and the objects that they show.
package struct SyncBatch: Sendable {
    package let origins: [Origin]
    /// Deliveries that were processed before and were asked for because they decide now.
    ///
    /// Those that could still be read are part of the batch.
    let recalled: Set<UUID>
    /// How often such deliveries were asked for.
    let recalls: Int
    /// For each payload that `jsonb` refuses, a text that it accepts.
    let cleaned: [UUID: JSONText]
    let repositoryIDs: [Int64]
    /// By the id of the event.
    let deliveries: [UUID: RoutedDelivery]
    private var shown: [ObjectIdentifier: any Sendable] = [:]

    init(
        _ deliveries: [RoutedDelivery],
        cleaned: [UUID: JSONText] = [:],
        recalled: Set<UUID> = [],
        recalls: Int = 0
    ) {
        origins = deliveries.map(\.origin)
        self.recalled = recalled
        self.recalls = recalls
        self.cleaned = cleaned
        repositoryIDs = Set(origins.map(\.repository.id)).sorted()
        self.deliveries = Dictionary(deliveries.map { ($0.origin.eventID, $0) }) { first, _ in first }
        let byKind = Dictionary(grouping: deliveries.flatMap(\.snapshots)) { ObjectIdentifier(type(of: $0)) }
        for snapshots in byKind.values { show(snapshots, like: snapshots[0]) }
    }

    private mutating func show<Shown: Snapshot>(_ snapshots: [any Snapshot], like first: Shown) {
        shown[ObjectIdentifier(Shown.self)] = ShownObjects(snapshots.compactMap { $0 as? Shown })
    }

    /// The objects of a kind.
    subscript<Shown: Snapshot>(_ kind: Shown.Type) -> ShownObjects<Shown> {
        shown[ObjectIdentifier(kind)] as? ShownObjects ?? ShownObjects([])
    }

    /// All deliveries, in the order of their receipt.
    var ordered: [RoutedDelivery] { deliveries.values.sorted { $0.origin.eventID < $1.origin.eventID } }

    /// The deliveries that get a result, which are those of the claim.
    var claimed: [Origin] { recalled.isEmpty ? origins : origins.filter { !recalled.contains($0.eventID) } }

    /// The GitHub users whose Plane users the rules may ask for.
    var userIDs: [Int64] {
        var ids = Set(origins.compactMap(\.sender?.id))
        for delivery in deliveries.values {
            for snapshot in delivery.snapshots { ids.formUnion(snapshot.people.map(\.id)) }
        }
        return ids.sorted()
    }
}

/// What the deliveries of a batch show of the objects of one kind.
struct ShownObjects<Shown: Snapshot>: Sendable {
    let snapshots: [Shown]
    /// Each key once and in order: every worker locks in this order, so that deadlocks stay rare.
    let keys: [GitHubKey]

    init(_ snapshots: [Shown]) {
        self.snapshots = snapshots
        keys = Set(snapshots.map(\.key)).sorted()
    }
}
