import Base
import Database
import Foundation
import JSON

/// Failed events that failed for one reason.
package struct FailureGroup: RowDecodable, Equatable {
    package let type: String
    /// The error; what differs from event to event reads as #.
    package let error: String
    package let events: Int
    package let firstReceived: Timestamp
    package let lastFailed: Timestamp
    package let repositories: Int
    /// The event that failed last.
    package let example: UUID

    package init(row: Row) throws {
        type = try row.get("event_type")
        error = try row.getIfPresent("error") ?? ""
        events = try row.get("events")
        firstReceived = try row.get("first_received")
        lastFailed = try row.get("last_failed")
        repositories = try row.get("repositories")
        example = try row.get("last_event_id")
    }

    /// A stretch of the error that all of the group have, for a search: the longest between what differs.
    package var searchText: String {
        let pieces = error.split(separator: "#").map { $0.trimmingCharacters(in: .whitespaces) }
        return pieces.max { $0.count < $1.count } ?? ""
    }

    /// What helps, where the words of the error say it.
    package var help: String? {
        let hints: [(String, String)] = [
            ("has no state", "Add a state to the project in Plane, then replay."),
            ("was deleted in Plane", "Restore it in Plane, or leave it: a replay would fail again."),
            ("deadlock", "It was bad luck: replay."),
            ("the lease of worker", "A worker was lost with it: replay one first."),
            ("violates", "A rule of Plane's database refused it: look at the example before a replay."),
            ("permission denied", "Run sql/roles.sql, then replay."), ("timeout", "The database was slow: replay."),
        ]
        return hints.first { error.localizedCaseInsensitiveContains($0.0) }?.1
    }

    /// The beginning of the example's id, as a list of events shows it.
    package var shortExample: String { String(example.text.prefix(EventPrefix.length)) }

    package var json: JSONValue {
        .object([
            "event_type": .string(type), "error": .string(error), "events": .int(events),
            "first_received": .string(firstReceived.description), "last_failed": .string(lastFailed.description),
            "repositories": .int(repositories), "last_event_id": .string(example.text),
        ])
    }

    /// The causes of most failures, the most frequent first.
    package static func most(_ limit: Int) -> Read<[FailureGroup]> {
        Read(
            """
            select event_type, error, events, first_received, last_failed, repositories, last_event_id
            from github_sync.github_failures
            order by events desc, last_failed desc
            limit \(limit)
            """
        )
    }
}

extension Connection {
    package func failureGroups(limit: Int) throws -> [FailureGroup] { try run(FailureGroup.most(limit)) }
}
