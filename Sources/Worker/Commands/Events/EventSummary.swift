import Base
import Database
import Foundation
import JSON

/// An event as a list shows it.
struct EventSummary: RowDecodable, Equatable {
    let id: UUID
    let deliveryID: String
    let type: String
    let action: String?
    let status: EventStatus
    let retries: Int
    let repository: String?
    let received: Timestamp
    let changed: Timestamp
    /// The beginning of each.
    let error: String?
    let result: String?
    /// `applied`, and the first Plane issue it was applied to.
    let brief: String?

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        action = try row.getIfPresent("action")
        status = try row.get("status")
        retries = try row.get("retry_count")
        repository = try row.getIfPresent("repository_name")
        received = try row.get("created_at")
        changed = try row.get("updated_at")
        error = try row.getIfPresent("error")
        result = try row.getIfPresent("result")
        let words: [String?] = [try row.getIfPresent("outcome"), try row.getIfPresent("issue")]
        brief = words.contains { $0 != nil } ? words.compactMap(\.self).joined(separator: " ") : nil
    }

    /// The beginning of the id, enough to name the event by: its time and a count within the millisecond.
    var shortID: String { String(id.text.prefix(EventPrefix.length)) }

    var name: String { [type, action].compactMap(\.self).joined(separator: ".") }

    /// Why it is not done, else what came of it.
    var outcome: String { error ?? result ?? "" }

    /// The same where there is little room.
    var shortOutcome: String { error ?? brief ?? outcome }

    var json: JSONValue {
        .object([
            "id": .string(id.text),
            "delivery_id": .string(deliveryID),
            "event_type": .string(type),
            "action": .optional(action),
            "status": .string(status.rawValue),
            "retry_count": .int(retries),
            "repository": .optional(repository),
            "created_at": .string(received.description),
            "updated_at": .string(changed.description),
            "error": .optional(error),
            "result": .optional(result),
        ])
    }
}
