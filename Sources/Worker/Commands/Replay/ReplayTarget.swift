import Database
import Foundation

/// A named event as it is before a replay.
struct ReplayTarget: RowDecodable, Equatable {
    let id: UUID
    let deliveryID: String
    let status: EventStatus

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        status = try row.get("status")
    }

    func isNamed(_ name: String) -> Bool {
        deliveryID == name || UUID(uuidString: name) == id
            || (EventPrefix(name).map { $0.first <= id && id <= $0.last } ?? false)
    }
}
