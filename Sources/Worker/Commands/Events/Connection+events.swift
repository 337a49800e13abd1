import Base
import Database
import Foundation

extension Connection {
    /// The newest events that pass the filter.
    ///
    /// The status is compared with each word in turn: only a constant lets the planner use the partial indexes, and a
    /// bound value becomes one when the statement is planned. Ids begin with the time of receipt, so that `since`
    /// bounds the primary key.
    func events(_ filter: EventFilter, limit: Int) throws -> [EventSummary] {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, retry_count, repository_name, created_at, updated_at,
                left(error_message, 300) as error, left(result::text, 300) as result,
                result ->> 'outcome' as outcome, result #>> '{projects,0,issue}' as issue
            from github_sync.github_webhook_events
            where (
                    \(filter.status) is null
                    or (\(filter.status) = 'pending' and status = 'pending')
                    or (\(filter.status) = 'processing' and status = 'processing')
                    or (\(filter.status) = 'completed' and status = 'completed')
                    or (\(filter.status) = 'failed' and status = 'failed')
                )
                and (\(filter.type) is null or event_type = \(filter.type))
                and (\(filter.repository) is null or lower(repository_name) = lower(\(filter.repository)))
                and (\(filter.since) is null or created_at >= \(filter.since))
                and (\(filter.since) is null or id >= github_sync.first_event_id(\(filter.since)))
            order by id desc
            limit \(limit)
            """,
            as: EventSummary.self
        )
    }

    /// The event with this id or delivery id.
    func event(_ id: String) throws -> EventRecord? {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, repository_name, repository_id, repository_sync_id,
                retry_count, max_retries, crash_count, created_at, updated_at, run_at, turn_at, claimed_at,
                claimed_by, claim_token, lease_until, processed_at, error_message, result,
                jsonb_pretty(result) as pretty_result, octet_length(payload::text) as payload_bytes
            from github_sync.github_webhook_events
            where id = \(UUID(uuidString: id)) or delivery_id = \(id)
            order by id = \(UUID(uuidString: id)) desc nulls last
            limit 1
            """,
            as: EventRecord.self
        ).first
    }

    /// The body of a delivery, byte for byte as GitHub sent it.
    func payload(of id: UUID) throws -> [UInt8] {
        let rows = try run("select payload from github_sync.github_webhook_events where id = \(id)")
        guard let row = rows.first else { throw CommandFailure("event \(id.text) was removed meanwhile") }
        return try row.get("payload", as: JSONText.self).bytes
    }
}
