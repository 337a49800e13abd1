import Base
import Database
import Foundation

/// Settings as they were written, and by whom.
struct StoredSettings: RowDecodable, Equatable {
    let syncID: UUID
    let document: String
    let changedBy: String
    let changedAt: Timestamp

    init(row: Row) throws {
        syncID = try row.get("repository_sync_id")
        document = try row.get("settings")
        changedBy = try row.get("changed_by")
        changedAt = try row.get("changed_at")
    }
}
