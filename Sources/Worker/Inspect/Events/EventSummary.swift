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
    /// `applied`, and the first Plane issue it was applied to.
    package let shortResult: String?

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
        let words: [String?] = [try row.getIfPresent("outcome"), try row.getIfPresent("issue")]
        shortResult = words.contains { $0 != nil } ? words.compactMap(\.self).joined(separator: " ") : nil
    }

    /// The beginning of the id, enough to name the event by: its time and a count within the millisecond.
    package var shortID: String { String(id.text.prefix(EventPrefix.length)) }

    package var name: String { [type, action].compactMap(\.self).joined(separator: ".") }

    /// The error if there is one, else the result.
    package var outcome: String { error ?? result ?? "" }

    /// The same, shorter, for narrow screens.
    package var shortOutcome: String { error ?? shortResult ?? outcome }

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
            select
                id, delivery_id, event_type, action, status, retry_count, repository_name, created_at, updated_at,
                subject_number, nullif(sender_login, '') as sender,
                left(error_message, 300) as error, left(result::text, 300) as result,
                result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue
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
    package func events(_ filter: EventFilter, limit: Int) throws -> [EventSummary] {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, retry_count, repository_name, created_at, updated_at,
                subject_number, nullif(sender_login, '') as sender,
                left(error_message, 300) as error, left(result::text, 300) as result,
                result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue
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
