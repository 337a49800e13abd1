import Base
import Database
import Foundation
import Inspect

/// One event with what a page says about it.
struct EventDetail: RowDecodable {
    let id: UUID
    let deliveryID: String
    let type: String
    let action: String?
    let status: EventStatus
    let repository: String?
    /// GitHub's number of it.
    let repositoryID: Int64?
    /// The issue or pull request that it is about.
    let subject: Int?
    /// The GitHub login of whoever caused it.
    let sender: String?
    let retries: Int
    let maxRetries: Int
    let crashes: Int
    let received: Timestamp
    let dueAt: Timestamp
    let claimed: Timestamp?
    let claimedBy: String?
    let finished: Timestamp?
    let error: String?
    /// The last ten, the oldest first.
    let attempts: [EventAttempt]
    /// Nil before the event is finished, and for one in a form that this program does not know.
    let result: EventOutcome?

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        type = try row.get("event_type")
        action = try row.getIfPresent("action")
        status = try row.get("status")
        repository = try row.getIfPresent("repository_name")
        repositoryID = try row.getIfPresent("repository_id")
        subject = try row.getIfPresent("subject_number")
        sender = try row.getIfPresent("sender")
        retries = try row.get("retry_count")
        maxRetries = try row.get("max_retries")
        crashes = try row.get("crash_count")
        received = try row.get("created_at")
        dueAt = try row.get("run_at")
        claimed = try row.getIfPresent("claimed_at")
        claimedBy = try row.getIfPresent("claimed_by")
        finished = try row.getIfPresent("processed_at")
        error = try row.getIfPresent("error_message")
        attempts = try row.getJSONIfPresent("attempts") ?? []
        result = try? row.getJSONIfPresent("result")
    }

    var name: String { [type, action].compactMap(\.self).joined(separator: ".") }
    var isFinished: Bool { status == .completed || status == .failed }
}

extension Connection {
    /// The event with this id or delivery id.
    func eventDetail(_ id: String) throws -> EventDetail? {
        try run(
            """
            select
                id, delivery_id, event_type, action, status, repository_name, repository_id, subject_number,
                nullif(sender_login, '') as sender, retry_count, max_retries, crash_count,
                created_at, run_at, claimed_at, claimed_by, processed_at, error_message, attempts,
                result
            from github_sync.github_webhook_events
            where id = \(UUID(uuidString: id)) or delivery_id = \(id)
            order by id = \(UUID(uuidString: id)) desc nulls last
            limit 1
            """,
            as: EventDetail.self
        ).first
    }

    /// The workspaces of the projects that follow a repository, by the identifiers of the projects; an identifier that
    /// several of them have is left out.
    func workspaces(following repositoryID: Int64) throws -> [String: String] {
        try run(
            """
            select p.identifier, min(w.slug) as slug
            from public.github_repositories as r
            inner join public.github_repository_syncs as s on s.repository_id = r.id
            inner join public.projects as p on p.id = s.project_id
            inner join public.workspaces as w on w.id = p.workspace_id
            where r.repository_id = \(repositoryID)
            group by p.identifier
            having count(distinct w.id) = 1
            """
        ).reduce(into: [:]) { slugs, row in
            slugs[try row.get("identifier")] = try row.get("slug", as: String.self)
        }
    }
}
