import Foundation
import Shared

/// A claim after routing: what is to be synced, and the events that need no look at Plane.
struct RoutedBatch: Sendable {
    let claim: Claim
    let sync: SyncBatch
    let settled: [(event: UUID, outcome: Outcome)]

    init(_ claim: Claim) {
        var sightings: [Sighting] = []
        var settled: [(event: UUID, outcome: Outcome)] = []
        var cleaned: [UUID: JSONText] = [:]
        for event in claim.events {
            let document = try? JSONDocument(event.payload)
            switch Route(event, document) {
            case .sync(let sighting):
                sightings.append(sighting)
                cleaned[event.id] = (document?.textForJSONB).map { JSONText($0) }
            case .ignore(let reason): settled.append((event.id, .completed(.ignored(reason))))
            case .fail(let reason): settled.append((event.id, .failed(reason: reason)))
            }
        }
        self.claim = claim
        self.settled = settled
        sync = SyncBatch(sightings, cleaned: cleaned)
    }
}
