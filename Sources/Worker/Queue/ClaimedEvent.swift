import Foundation
import Shared

/// An event this process holds under a claim token.
struct ClaimedEvent: Sendable, Equatable, Identifiable {
    let id: UUID
    let deliveryID: String
    let type: String
    let payload: [UInt8]
    /// Retries used before this run.
    let retries: Int
    /// Leases that ran out while a worker held it.
    let crashes: Int
    /// From receipt to this claim, by the server's clock.
    let age: Duration
    /// The repository that has a rate limit and has given this event no turn yet; nil when the event may go on.
    var limitedRepository: Int64?
}

extension ClaimedEvent: RowDecodable {
    init(row: Row) throws {
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
struct Claim: Sendable, Equatable {
    let token: UUID
    var events: [ClaimedEvent]
    /// Everything due before this was claimed, locked or passed over when the claim was made; nil of an empty claim.
    var front: Timestamp?

    /// Of payload.
    var bytes: Int { events.reduce(0) { $0 + $1.payload.count } }

    func only(_ event: ClaimedEvent) -> Claim { Claim(token: token, events: [event]) }

    /// Whether a worker was lost with one of the events before.
    var isSuspect: Bool { events.contains { $0.crashes > 0 } }
}
