import Shared

/// What came and went in one minute.
struct MinuteThroughput: RowDecodable, Equatable {
    let minute: Timestamp
    let received: Int
    let completed: Int
    let failed: Int

    init(row: Row) throws {
        minute = try row.get("minute")
        received = try row.get("received")
        completed = try row.get("completed")
        failed = try row.get("failed")
    }

    var json: JSONValue {
        .object([
            "minute": .string(minute.description),
            "received": .int(received),
            "completed": .int(completed),
            "failed": .int(failed),
        ])
    }
}
