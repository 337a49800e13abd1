import Foundation
import Shared

/// A claim after routing: what is to be synced, and the events that need no look at Plane.
struct RoutedBatch: Sendable {
    let claim: Claim
    private(set) var sync: SyncBatch
    let settled: [(event: UUID, outcome: Outcome)]

    init(_ claim: Claim) {
        var sightings: [Sighting] = []
        var settled: [(event: UUID, outcome: Outcome)] = []
        for event in claim.events {
            switch Route(event) {
            case .sync(let sighting): sightings.append(sighting)
            case .ignore(let reason): settled.append((event.id, .completed(.ignored(reason))))
            case .fail(let reason): settled.append((event.id, .failed(reason: reason)))
            }
        }
        self.claim = claim
        self.settled = settled
        sync = SyncBatch(sightings)
    }

    /// Takes in deliveries that were worked on before; of those asked for, some may be gone.
    mutating func recall(_ events: [ClaimedEvent], of asked: Set<UUID>) {
        let more = events.compactMap { event -> Sighting? in
            if case .sync(let sighting) = Route(event) { sighting } else { nil }
        }
        sync = SyncBatch(
            Array(sync.sightings.values).sorted { $0.origin.eventID < $1.origin.eventID } + more,
            recalled: sync.recalled.union(asked),
            recalls: sync.recalls + 1
        )
    }
}
