import Base
import Database
import Foundation
import GitHubClient
import JSON

/// An issue that was to go to GitHub, as commands show it.
struct OutboundRecord: Sendable, Equatable, RowDecodable {
    /// How it stands, in a word for people.
    enum Standing: String, Sendable {
        case waits, sending, sent
        /// GitHub refused it, or it failed too often; its next change in Plane tries again.
        case parked
    }

    let id: UUID
    /// As in `GH-12`.
    let issue: String
    let repository: String
    let number: Int?
    let standing: Standing
    let changedAt: Timestamp
    let dueAt: Timestamp
    let reason: String?
    /// What was sent last, in words.
    let sent: [String]
    /// What GitHub cannot have, with the reasons.
    let refused: [String]

    init(row: Row) throws {
        id = try row.get("id")
        issue = try row.get("issue")
        repository = try row.get("repository")
        number = try row.getIfPresent("number")
        standing =
            switch try row.get("status", as: EventStatus.self) {
            case .pending: .waits
            case .processing: .sending
            case .completed: .sent
            case .failed: .parked
            }
        changedAt = try row.get("changed_at")
        dueAt = try row.get("run_at")
        reason = try row.getIfPresent("error_message")
        sent = try row.getJSON("sent")
        refused = try row.getJSON("refused")
    }

    /// What there is to say about it.
    var words: String {
        switch standing {
        case .waits: reason ?? "due \(dueAt)"
        case .parked: reason ?? ""
        case .sending: ""
        case .sent:
            ((sent.isEmpty ? ["nothing differed"] : sent) + refused.map { "not sent: \($0)" }).joined(separator: ", ")
        }
    }

    var json: JSONValue {
        .object([
            "issue": .string(issue), "repository": .string(repository), "number": .optional(number),
            "status": .string(standing.rawValue), "changed_at": .string(changedAt.description),
            "due_at": standing == .waits ? .string(dueAt.description) : .null, "reason": reason.map(JSONValue.string),
            "sent": .strings(sent), "refused": .strings(refused),
        ])
    }
}

extension Connection {
    /// What has to go to GitHub, the longest changed first, and what was sent last.
    func outbound(issue: String?, limit: Int) throws -> [OutboundRecord] {
        try run(
            """
            select o.id, p.identifier || '-' || i.sequence_id as issue, r.owner || '/' || r.name as repository, v.number,
                o.status, o.changed_at, o.run_at, nullif(o.error_message, '') as error_message,
                coalesce(to_jsonb(l.sent), '[]') as sent, coalesce(o.result -> 'refused', '[]') as refused
            from github_sync.github_outbound as o
            left join public.issue_comments as c on o.kind = 'comment' and c.id = o.plane_id
            inner join public.issues as i on i.id = coalesce(c.issue_id, o.plane_id)
            left join lateral (
                select sent from github_sync.github_outbound_log as g
                where g.plane_id = o.plane_id and g.repository_sync_id = o.repository_sync_id
                order by g.id desc limit 1
            ) as l on true
            inner join public.projects as p on p.id = i.project_id
            inner join public.github_repository_syncs as s on s.id = o.repository_sync_id
            inner join public.github_repositories as r on r.id = s.repository_id
            left join github_sync.github_issue_versions as v
                on v.issue_id = i.id and v.repository_sync_id = o.repository_sync_id
            where \(issue) is null or lower(p.identifier || '-' || i.sequence_id) = lower(\(issue))
            order by o.status = 'completed', o.status, o.changed_at desc, o.id
            limit \(limit)
            """,
            as: OutboundRecord.self
        )
    }

    /// Has parked issues tried again now.
    /// - Returns: how many.
    func retryOutbound(_ ids: [UUID]) throws -> Int {
        try run(
            """
            update github_sync.github_outbound
            set status = 'pending', run_at = now(), retry_count = 0, crash_count = 0, error_message = null,
                processed_at = null, writes = 0, updated_at = now()
            where id = any(\(ids)) and status = 'failed'
            returning 1
            """
        ).count
    }
}
