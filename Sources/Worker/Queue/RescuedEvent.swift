import Base
import Database
import Foundation

/// An event that was taken back from a worker whose lease ran out.
package struct RescuedEvent: Sendable, Equatable, RowDecodable {
    let id: UUID
    let deliveryID: String
    let type: String
    /// Pending, or failed when it has lost too many leases.
    package let status: EventStatus
    /// Names the worker.
    let error: String

    package init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        status = try row.get("status")
        error = try row.get("error_message")
    }

    package var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: type, .status: status.rawValue, .error: error]
    }
}
