import Base
import Database
import Foundation
import JSON

/// An event as a list shows it.
package struct EventSummary: RowDecodable, Equatable {
    package let id: UUID
    package let deliveryID: String
    package let type: String
    package let action: String?
    package let status: EventStatus
    package let retries: Int
    package let repository: String?
    /// GitHub's number of the issue or pull request that it is about.
    package let subject: Int?
    /// The GitHub login of whoever caused it.
    package let sender: String?
    package let received: Timestamp
    package let changed: Timestamp
    /// The first 300 characters of each.
    package let error: String?
    package let result: String?
    /// `applied`, `superseded` or `ignored`.
    package let outcome: String?
    private let reason: String?
    /// The first changes that it made, in words.
    private let changes: [String]
    /// The first Plane issue that it was applied to.
    private let issue: String?

    package init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        action = try row.getIfPresent("action")
        status = try row.get("status")
        retries = try row.get("retry_count")
        repository = try row.getIfPresent("repository_name")
        subject = try row.getIfPresent("subject_number")
        sender = try row.getIfPresent("sender")
        received = try row.get("created_at")
        changed = try row.get("updated_at")
        error = try row.getIfPresent("error")
        result = try row.getIfPresent("result")
        outcome = try row.getIfPresent("outcome")
        reason = try row.getIfPresent("reason")
        changes = try row.getJSONIfPresent("changes") ?? []
        issue = try row.getIfPresent("issue")
    }

    /// The beginning of the id, enough to name the event by: its time and a count within the millisecond.
    package var shortID: String { String(id.text.prefix(EventPrefix.length)) }

    package var name: String { [type, action].compactMap(\.self).joined(separator: ".") }

    /// What became of it, in a line.
    package var words: String {
        if let error, status != .completed { return error }
        let what = changes.joined(separator: "; ")
        switch outcome {
        case nil: return ""
        case "ignored"?, "superseded"?: return reason ?? what
        default: return what.isEmpty ? outcome ?? "" : what
        }
    }

    /// The same with the outcome: `applied: created GH-5 in Backlog`.
    package var line: String {
        guard status == .completed, let outcome, !words.isEmpty, words != outcome else {
            return words.isEmpty ? outcome ?? "" : words
        }
        return "\(outcome): \(words)"
    }

    /// The same, shorter, for narrow screens: `applied GH-5`.
    package var shortLine: String {
        status == .completed ? [outcome, issue].compactMap(\.self).joined(separator: " ") : words
    }

    /// The columns that a summary is made of, of the event table.
    package static let columns: Query = """
        id, delivery_id, event_type, action, status, retry_count, repository_name, created_at,
            updated_at, subject_number, nullif(sender_login, '') as sender,
            left(error_message, 300) as error, left(result::text, 300) as result,
            result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue,
            result ->> 'reason' as reason,
            jsonb_path_query_array(result, '$.projects[0 to 1].changes[0 to 2]') as changes
        """

    package var json: JSONValue {
        .object([
            "id": .string(id.text),
            "delivery_id": .string(deliveryID),
            "event_type": .string(type),
            "action": .optional(action),
            "status": .string(status.rawValue),
            "retry_count": .int(retries),
            "repository": .optional(repository),
            "number": .optional(subject),
            "sender": .optional(sender),
            "created_at": .string(received.description),
            "updated_at": .string(changed.description),
            "error": .optional(error),
            "result": .optional(result),
        ])
    }

    /// The events that failed last, newest first.
    package static func lastFailures(_ limit: Int) -> Read<[EventSummary]> {
        Read(
            """
            select \(columns)
            from github_sync.github_webhook_events
            where status = 'failed'
            order by updated_at desc
            limit \(limit)
            """
        )
    }
}

extension Connection {
    /// The newest events that pass the filter.
    package func events(_ filter: EventFilter = EventFilter(), limit: Int) throws -> [EventSummary] {
        try run(
            """
            select \(EventSummary.columns)
            from github_sync.github_webhook_events
            where \(filter.condition)
            order by id desc
            limit \(limit)
            """,
            as: EventSummary.self
        )
    }

    /// How many events pass the filter; counting ends at `limit`, so that a large table costs no more than that.
    package func eventCount(_ filter: EventFilter, upTo limit: Int) throws -> Int {
        try run(
            """
            select count(*) as events
            from (
                select from github_sync.github_webhook_events where \(filter.condition) limit \(limit)
            ) as found
            """
        )[0].get("events")
    }
}
