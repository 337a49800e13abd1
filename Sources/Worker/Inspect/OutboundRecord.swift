import Base
import Database
import Foundation
import GitHubClient
import JSON
import Outbound
import Queue
import Sync

/// An issue or comment that was to go to GitHub, as people are shown it.
package struct OutboundRecord: Sendable, Equatable, RowDecodable {
    /// How it stands, in a word for people.
    package enum Standing: String, Sendable {
        case waits, sending, sent
        /// GitHub refused it, or it failed too often; its next change in Plane tries again.
        case parked
        /// One of many deletions at once, which a person has to approve.
        case wantsApproval = "wants approval"
    }

    package let id: UUID
    package let kind: PlaneMark.Kind
    /// As in `GH-12`.
    package let issue: String
    package let repository: String
    package let number: Int?
    package let standing: Standing
    package let changedAt: Timestamp
    package let dueAt: Timestamp
    package let reason: String?
    /// What was sent last, in words.
    package let sent: [String]
    /// What GitHub cannot have, with the reasons.
    package let refused: [String]

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        issue = try row.get("issue")
        repository = try row.get("repository")
        number = try row.getIfPresent("number")
        standing =
            switch try row.get("status", as: EventStatus.self) {
            case .pending: .waits
            case .processing: .sending
            case .completed: .sent
            case .failed: try row.get("wants_approval") ? .wantsApproval : .parked
            }
        changedAt = try row.get("changed_at")
        dueAt = try row.get("run_at")
        reason = try row.getIfPresent("error_message")
        sent = try row.getJSON("sent")
        refused = try row.getJSON("refused")
    }

    /// What there is to say about it.
    package var words: String {
        switch standing {
        case .waits: reason ?? "due \(dueAt)"
        case .parked, .wantsApproval: reason ?? ""
        case .sending: ""
        case .sent:
            ((sent.isEmpty ? ["nothing differed"] : sent) + refused.map { "not sent: \($0)" }).joined(separator: ", ")
        }
    }

    /// The same as a line of its own: `a comment on GH-12 parked: GitHub refused it`.
    package var sentence: String {
        let thing = kind == .issue ? issue : "a comment on \(issue)"
        return "\(thing) \(standing.rawValue)" + (words.isEmpty ? "" : ": \(words)")
    }

    package var json: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "issue": .string(issue), "repository": .string(repository),
            "number": .optional(number),
            "status": .string(standing.rawValue), "changed_at": .string(changedAt.description),
            "due_at": standing == .waits ? .string(dueAt.description) : .null, "reason": reason.map(JSONValue.string),
            "sent": .strings(sent), "refused": .strings(refused),
        ])
    }
}

extension Connection {
    /// What has to go to GitHub, the longest changed first, and what was sent last.
    package func outbound(issue: String?, limit: Int) throws -> [OutboundRecord] {
        try run(
            """
            select o.id, o.kind, o.approval is not distinct from 'wanted' as wants_approval, p.identifier || '-' || i.sequence_id as issue, r.owner || '/' || r.name as repository, v.number,
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

    /// Has parked objects tried again now.
    /// - Returns: how many.
    package func retryOutbound(_ ids: [UUID], by person: Operator) throws -> Int {
        try run(
            """
            with changed as (
                update github_sync.github_outbound set \(QueueTable.outbound.replayed), writes = 0
                where id = any(\(ids)) and status = 'failed' and approval is distinct from 'wanted'
                returning id
            ), \(Query.noting("outbound retry", by: person, rows: "changed"))
            select id from changed
            """
        ).count
    }

    /// Lets deletions go out.
    /// - Returns: how many.
    package func approveOutbound(_ ids: [UUID], by person: Operator) throws -> Int {
        try run(
            """
            with changed as (
                update github_sync.github_outbound set \(QueueTable.outbound.replayed), approval = 'given'
                where id = any(\(ids)) and status = 'failed' and approval = 'wanted'
                returning id
            ), \(Query.noting("outbound approve", by: person, rows: "changed"))
            select id from changed
            """
        ).count
    }

    /// Takes objects out of the queue, which does not touch what is being sent just now.
    ///
    /// A deletion keeps wanting approval, so that the next look does not let it out after all.
    /// - Returns: how many.
    package func dropOutbound(_ ids: [UUID], by person: Operator) throws -> Int {
        try run(
            """
            with changed as (
                update github_sync.github_outbound
                set status = 'completed', processed_at = now(), updated_at = now(), error_message = null,
                    approval = case when approval is not null then 'wanted' end,
                    result = '{"sent": [], "refused": ["everything: an operator dropped it"]}'
                where id = any(\(ids)) and status in ('pending', 'failed')
                returning id
            ), \(Query.noting("outbound drop", by: person, rows: "changed"))
            select id from changed
            """
        ).count
    }

    /// Why an issue does not go to GitHub, a line each.
    package func reasonsWhyNothingIsSent(for issue: String) throws -> [String] {
        let rows = try run(
            """
            select r.owner || '/' || r.name as repository,
                coalesce(s.settings #>> '{outbound,issues}', 'off') as scope,
                coalesce(s.settings #>> '{outbound,create_label}', 'github') as label,
                v.issue_id is not null as is_linked, i.deleted_at is not null as is_deleted, i.is_draft,
                i.archived_at is not null as is_archived,
                i.created_at < (s.settings #>> '{outbound,issues_since}')::timestamptz as is_old
            from public.issues as i
            inner join public.projects as p on p.id = i.project_id
            left join public.github_repository_syncs as f on f.project_id = p.id and f.deleted_at is null
            left join public.github_repositories as r on r.id = f.repository_id
            left join github_sync.github_sync_settings as s on s.repository_sync_id = f.id
            left join github_sync.github_issue_versions as v on v.repository_sync_id = f.id and v.issue_id = i.id
            where lower(p.identifier || '-' || i.sequence_id) = lower(\(issue))
            order by 1
            """
        )
        guard !rows.isEmpty else { throw LookupFailure("no issue in Plane is \(issue)") }
        return try rows.map { row in
            guard let repository = try row.getIfPresent("repository", as: String.self) else {
                return "\(issue): its project follows no repository"
            }
            let (scope, label): (String, String) = (try row.get("scope"), try row.get("label"))
            let reason =
                if scope == "off" {
                    "nothing is sent there (see plane-worker configure --outbound)"
                } else if try row.get("is_linked") {
                    "nothing differs, or it was not changed since --outbound was set"
                } else if try row.get("is_deleted") {
                    "it is deleted in Plane and was never on GitHub"
                } else if try row.get("is_draft") || row.get("is_archived") {
                    "it is a draft or archived"
                } else if scope == "linked" {
                    "it is not on GitHub, and new issues are not sent (--outbound label or all)"
                } else if try scope == "all" && row.getIfPresent("is_old") == true {
                    "it was made before --outbound all was set, and lacks the label \(label)"
                } else {
                    "it lacks the label \(label), or it was found only just now"
                }
            return "\(repository): \(reason)"
        }
    }
}
