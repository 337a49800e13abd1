import Database
import JSON

/// Seconds from receipt to claim and to completion; nil when nothing was completed.
struct QueueLatency: RowDecodable, Equatable {
    /// How many events the figures are of.
    let events: Int
    let claimP50: Double?
    let claimP99: Double?
    let completeP50: Double?
    let completeP99: Double?

    init(row: Row) throws {
        events = try row.get("events")
        claimP50 = try row.getIfPresent("claim_p50")
        claimP99 = try row.getIfPresent("claim_p99")
        completeP50 = try row.getIfPresent("complete_p50")
        completeP99 = try row.getIfPresent("complete_p99")
    }

    var json: JSONValue {
        .object([
            "events": .int(events),
            "claim_p50": .optional(claimP50),
            "claim_p99": .optional(claimP99),
            "complete_p50": .optional(completeP50),
            "complete_p99": .optional(completeP99),
        ])
    }
}
