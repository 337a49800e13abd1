import Base
import Database
import JSON

/// The queue at one moment.
struct QueueStatus: RowDecodable, Equatable {
    let due: Int
    let later: Int
    let processing: Int
    let failed: Int
    /// In the last hour.
    let completed: Int
    /// Of the pending event received first; nil when none waits.
    let oldestSeconds: Double?
    /// By the database's clock.
    let at: Timestamp

    init(row: Row) throws {
        due = try row.get("due")
        later = try row.get("later")
        processing = try row.get("processing")
        failed = try row.get("failed")
        completed = try row.get("completed")
        oldestSeconds = try row.getIfPresent("oldest_seconds")
        at = try row.get("at")
    }

    var json: JSONValue {
        .object([
            "pending_due": .int(due),
            "pending_later": .int(later),
            "processing": .int(processing),
            "failed": .int(failed),
            "completed_last_hour": .int(completed),
            "oldest_pending_seconds": .optional(oldestSeconds),
        ])
    }
}
