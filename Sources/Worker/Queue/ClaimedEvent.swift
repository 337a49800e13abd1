import Base
import Database
import Foundation

/// An event this process holds under a claim token.
package struct ClaimedEvent: Sendable, Equatable, Identifiable {
    package let id: UUID
    let deliveryID: String
    package let type: String
    package let payload: [UInt8]
    /// Retries used before this run.
    package let retries: Int
    /// Leases that ran out while a worker held it.
    let crashes: Int
    /// From receipt to this claim, by the server's clock.
    package let age: Duration
    /// The repository whose rate limit this event has not been counted against yet; nil when the event may go on.
    var limitedRepository: Int64?

    /// What every log line about the event carries.
    package var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: type, .attempt: retries + 1]
    }
}

extension ClaimedEvent: RowDecodable {
    package init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        payload = try row.get("payload", as: JSONText.self).bytes
        retries = try row.get("retry_count")
        crashes = try row.get("crash_count")
        age = .seconds(max(0, try row.get("age", as: Double.self)))
        limitedRepository = try row.getIfPresent("limited_repository")
    }
}

/// The events of one claim, and the token that every later write must name.
package struct Claim: Sendable, Equatable {
    package let token: UUID
    package var events: [ClaimedEvent]
    /// Every event that was due before this time was claimed, locked or passed over when the claim was made; nil of an
    /// empty claim.
    package var watermark: Timestamp?

    package init(token: UUID, events: [ClaimedEvent], watermark: Timestamp? = nil) {
        self.token = token
        self.events = events
        self.watermark = watermark
    }

    /// Bytes of payload.
    var bytes: Int { events.reduce(0) { $0 + $1.payload.count } }

    package func only(_ event: ClaimedEvent) -> Claim { Claim(token: token, events: [event]) }

    /// Whether a worker was lost with one of the events before: the event may crash this process, too.
    package var mayCrash: Bool { events.contains { $0.crashes > 0 } }

    package func logKeys(of event: UUID) -> Log.Keys {
        events.first { $0.id == event }?.logKeys ?? [.eventID: event.text]
    }
}
