import Base
import Database
import JSON

/// A GitHub user whom the sync met and whom nothing links to a Plane user.
struct UnmappedPerson: RowDecodable, Equatable {
    let id: Int64
    let login: String
    let events: Int
    let lastSeen: Timestamp

    init(row: Row) throws {
        id = try row.get("github_id")
        login = try row.get("login")
        events = try row.get("events")
        lastSeen = try row.get("last_seen")
    }

    var json: JSONValue {
        .object([
            "github_id": .int(Int(id)),
            "login": .string(login),
            "events": .int(events),
            "last_seen": .string(lastSeen.description),
        ])
    }
}
