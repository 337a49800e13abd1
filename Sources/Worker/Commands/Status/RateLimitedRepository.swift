import Base
import Database
import JSON

/// A repository whose events wait for their turns.
struct RateLimitedRepository: RowDecodable, Equatable {
    /// GitHub's.
    let id: Int64
    let name: String?
    let perMinute: Int
    let waiting: Int
    /// When the last of them is due.
    let lastTurn: Timestamp?

    init(row: Row) throws {
        id = try row.get("repository_id")
        name = try row.getIfPresent("repository_name")
        perMinute = try row.get("per_minute")
        waiting = try row.get("waiting")
        lastTurn = try row.getIfPresent("last_turn")
    }

    var json: JSONValue {
        .object([
            "repository_id": .int(Int(id)),
            "repository": .optional(name),
            "per_minute": .int(perMinute),
            "waiting": .int(waiting),
            "last_turn": .optional(lastTurn?.description),
        ])
    }
}
