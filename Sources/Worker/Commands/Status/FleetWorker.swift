import Base
import Database
import JSON

/// A worker process that gave a sign of life in the last day.
struct FleetWorker: RowDecodable, Equatable {
    let id: String
    let state: String
    let version: String
    let concurrency: Int
    let processing: Int
    let startedAt: Timestamp
    let heartbeatAt: Timestamp

    init(row: Row) throws {
        id = try row.get("id")
        state = try row.get("state")
        version = try row.get("version")
        concurrency = try row.get("concurrency")
        processing = try row.get("processing")
        startedAt = try row.get("started_at")
        heartbeatAt = try row.get("heartbeat_at")
    }

    var json: JSONValue {
        .object([
            "id": .string(id),
            "state": .string(state),
            "version": .string(version),
            "concurrency": .int(concurrency),
            "processing": .int(processing),
            "started_at": .string(startedAt.description),
            "heartbeat_at": .string(heartbeatAt.description),
        ])
    }
}
