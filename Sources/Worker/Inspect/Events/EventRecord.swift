import Base
import Database
import Foundation
import JSON

/// An event with all its columns but the payload; those that the role may not read are null.
package struct EventRecord: RowDecodable {
    package let id: UUID
    /// As in `X-GitHub-Event`.
    package let type: String
    /// Column names and values in the order of the table; nil is SQL null.
    package let columns: [(name: String, value: JSONValue)]
    /// `result`; nil where there is none, or one in a form that this program does not know.
    package let outcome: EventOutcome?
    /// The last ten that did not complete it, the oldest first.
    package let attempts: [EventAttempt]
    /// Whether the role may see what GitHub sent.
    package let mayReadPayload: Bool

    package init(row: Row) throws {
        func text(_ column: String) throws -> JSONValue { .optional(try row.getIfPresent(column, as: String.self)) }
        func number(_ column: String) throws -> JSONValue { .optional(try row.getIfPresent(column, as: Int.self)) }
        func time(_ column: String) throws -> JSONValue {
            .optional(try row.getIfPresent(column, as: Timestamp.self)?.description)
        }
        id = try row.get("id")
        type = try row.get("event_type")
        outcome = try? row.getJSONIfPresent("result")
        attempts = try row.getJSONIfPresent("attempts") ?? []
        mayReadPayload = try row.get("may_read_payload")
        let result = try row.getIfPresent("result", as: String.self)
        columns = [
            ("id", .string(id.text)),
            ("delivery_id", try text("delivery_id")),
            ("event_type", .string(type)),
            ("action", try text("action")),
            ("status", try text("status")),
            ("repository_name", try text("repository_name")),
            ("repository_id", try number("repository_id")),
            ("repository_sync_id", try text("repository_sync_id")),
            ("subject_number", try number("subject_number")),
            ("subject_changed_at", try time("subject_changed_at")),
            ("sender_login", try text("sender_login")),
            ("retry_count", try number("retry_count")),
            ("max_retries", try number("max_retries")),
            ("crash_count", try number("crash_count")),
            ("created_at", try time("created_at")),
            ("updated_at", try time("updated_at")),
            ("run_at", try time("run_at")),
            ("turn_at", try time("turn_at")),
            ("claimed_at", try time("claimed_at")),
            ("claimed_by", try text("claimed_by")),
            ("claim_token", try text("claim_token")),
            ("lease_until", try time("lease_until")),
            ("processed_at", try time("processed_at")),
            ("finished_by", try text("finished_by")),
            ("replayed_at", try time("replayed_at")),
            ("counted", try row.getIfPresent("counted", as: Bool.self).map(JSONValue.bool) ?? .null),
            ("payload_bytes", try number("payload_bytes")),
            ("error_message", try text("error_message")),
            ("attempts", try row.getIfPresent("attempts", as: String.self).map(JSONValue.raw) ?? .null),
            ("result", result.map(JSONValue.raw) ?? .null),
        ]
    }
}

extension EventRecord {
    /// As one object, with what people had done to the event.
    package func json(_ actions: [OperatorAction]) -> [(String, JSONValue)] {
        columns.map { ($0.name, $0.value) } + [("actions", .array(actions.map(\.json)))]
    }
}

extension Connection {
    /// The event with this id or delivery id, as far as the role may read it.
    package func event(_ id: String) throws -> EventRecord? {
        let rights = try run(
            """
            select
                has_column_privilege('github_sync.github_webhook_events', 'payload', 'select') as payload,
                has_column_privilege('github_sync.github_webhook_events', 'claim_token', 'select') as token
            """
        )[0]
        let mayReadPayload: Bool = try rights.get("payload")
        let size: Query = mayReadPayload ? "octet_length(payload::text)" : "null::integer"
        let token: Query = try rights.get("token") ? "claim_token" : "null::uuid as claim_token"
        return try run(
            """
            select
                id, delivery_id, event_type, action, status, repository_name, repository_id, repository_sync_id,
                subject_number, subject_changed_at, sender_login, retry_count, max_retries, crash_count, created_at,
                updated_at, run_at, turn_at, claimed_at, claimed_by, \(token), lease_until, processed_at,
                finished_by, replayed_at, counted, attempts, error_message, result,
                \(size) as payload_bytes, \(mayReadPayload) as may_read_payload
            from github_sync.github_webhook_events
            where id = \(UUID(uuidString: id)) or delivery_id = \(id)
            order by id = \(UUID(uuidString: id)) desc nulls last
            limit 1
            """,
            as: EventRecord.self
        ).first
    }

    /// The body of a delivery, byte for byte as GitHub sent it.
    package func payload(of id: UUID) throws -> [UInt8] {
        let rows = try run("select payload from github_sync.github_webhook_events where id = \(id)")
        guard let row = rows.first else { throw LookupFailure("event \(id.text) was removed meanwhile") }
        return try row.get("payload", as: JSONText.self).bytes
    }
}
