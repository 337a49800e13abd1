import Database
import Foundation
import JSON
import Queue
import Synchronization

/// A claim after routing: the deliveries to sync, and the events that are finished without a look at Plane.
package struct RoutedBatch: Sendable {
    let claim: Claim
    package private(set) var sync: SyncBatch
    let settled: [(event: UUID, outcome: Outcome)]

    package init(_ claim: Claim) {
        var deliveries: [RoutedDelivery] = []
        var settled: [(event: UUID, outcome: Outcome)] = []
        var cleaned: [UUID: JSONText] = [:]
        for event in claim.events {
            let (route, text) = Self.decode(event)
            switch route {
            case .sync(let delivery):
                deliveries.append(delivery)
                cleaned[event.id] = text
            case .ignore(let reason): settled.append((event.id, EventResult.ignored(reason).completed))
            case .fail(let reason): settled.append((event.id, .failed(reason: reason)))
            }
        }
        self.claim = claim
        self.settled = settled
        sync = SyncBatch(deliveries, cleaned: cleaned)
    }

    /// Makes large payloads wait for each other, because the index of a payload may be six times as large as the
    /// payload.
    private static let largePayload = Mutex(())

    /// - Returns: where the event goes, and, if `jsonb` refuses the payload, a text that it accepts instead.
    private static func decode(_ event: ClaimedEvent) -> (Route, JSONText?) {
        guard event.payload.count > 1 << 20 else { return decodeAtOnce(event) }
        return largePayload.withLock { _ in decodeAtOnce(event) }
    }

    private static func decodeAtOnce(_ event: ClaimedEvent) -> (Route, JSONText?) {
        let document = try? JSONDocument(event.payload)
        let route = Route(event, document)
        guard case .sync = route else { return (route, nil) }
        return (route, (document?.textForJSONB).map { JSONText($0) })
    }

    /// Adds deliveries that were processed before; some of those that were asked for may be gone.
    package mutating func recall(_ events: [ClaimedEvent], of asked: Set<UUID>) {
        var deliveries = sync.ordered
        var cleaned = sync.cleaned
        for event in events {
            let (route, text) = Self.decode(event)
            guard case .sync(let delivery) = route else { continue }
            deliveries.append(delivery)
            cleaned[event.id] = text
        }
        sync = SyncBatch(
            deliveries,
            cleaned: cleaned,
            recalled: sync.recalled.union(asked),
            recalls: sync.recalls + 1
        )
    }
}
