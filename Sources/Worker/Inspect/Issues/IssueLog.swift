import Base
import Database
import Foundation
import JSON

/// Everything that happened to one issue between GitHub and Plane.
package struct IssueLog: Sendable, Equatable {
    package let found: FoundIssues
    /// In GitHub's order, oldest first.
    package let entries: [IssueLogEntry]
    /// What is on its way to GitHub, or is held up, as it is now.
    package let open: [OutboundRecord]
    /// Whether there was more than a log shows; then the oldest is missing.
    package let isCut: Bool

    /// The most entries of either direction.
    package static let limit = 500
}

/// One thing that happened to an issue.
package struct IssueLogEntry: Sendable, Equatable {
    package enum Direction: String, Sendable { case fromGitHub = "from_github", toGitHub = "to_github" }

    /// What became of it.
    package enum Outcome: String, Sendable { case applied, superseded, ignored, failed, waiting, sent }

    /// By GitHub's clock, of what came from there; else when it was sent.
    package let at: Timestamp
    package let direction: Direction
    /// The GitHub login of whoever caused it.
    package let who: String?
    /// A sentence, such as `octocat closed the issue`.
    package let what: String
    package let outcome: Outcome
    /// What changed, or why nothing did, a sentence each.
    package let details: [String]
    /// Of what came from GitHub.
    package let eventID: UUID?
    /// Whether the issue in Plane is as this one said, and not one after it.
    package let isInForce: Bool

    /// What became of it in a word or two for a user of Plane.
    package var outcomeWords: String {
        switch outcome {
        case .applied: isInForce ? "shown in Plane now" : "shown in Plane"
        case .superseded: "late: Plane shows something newer"
        case .ignored: "ignored"
        case .failed: "failed"
        case .waiting: "waits"
        case .sent: "sent to GitHub"
        }
    }

    package var json: JSONValue {
        .object([
            "at": .string(at.description), "direction": .string(direction.rawValue), "who": .optional(who),
            "what": .string(what), "outcome": .string(outcome.rawValue), "in_force": .bool(isInForce),
            "details": .array(details.map(JSONValue.string)), "event_id": .optional(eventID?.text),
        ])
    }
}

extension IssueLog {
    package var json: JSONValue {
        .object([
            "issues": .array(
                found.issues.map { .object(["name": .string($0.name), "title": .string($0.title)]) }
            ),
            "github": .array(found.places.map { .string($0.name) }),
            "entries": .array(entries.map(\.json)),
            "open": .array(open.map(\.json)),
            "cut": .bool(isCut),
        ])
    }
}

extension Connection {
    /// The log of one issue or pull request.
    /// - Throws: `LookupFailure` when nothing is known of it, and when it may be any of several.
    package func issueLog(of reference: IssueReference) throws -> IssueLog {
        let found = try find(reference).one(reference)
        let limit = IssueLog.limit
        let (events, sent) = try run(
            Self.logged(of: found, limit: limit),
            Self.sent(of: found.issues.map(\.id), limit: limit)
        )
        guard !found.issues.isEmpty || !events.isEmpty else {
            throw LookupFailure("nothing is known of \(reference)")
        }
        let open = try found.issues.flatMap { issue in
            try outbound(issue: issue.name, limit: 50).filter { $0.standing != .sent }
        }
        return IssueLog(
            found: found,
            entries: (events + sent).sorted { $0.at < $1.at },
            open: open,
            isCut: max(events.count, sent.count) == limit
        )
    }

    /// What came from GitHub; of the same second, in the order of receipt.
    private static func logged(of found: FoundIssues, limit: Int) -> Read<[IssueLogEntry]> {
        guard !found.places.isEmpty else { return Read(known: []) }
        return Read(
            """
            with newest as (
                select id, event_type, action, status, sender_login, subject_changed_at, created_at, result,
                    left(error_message, 300) as error
                from github_sync.github_webhook_events
                where \(EventFilter(places: found.places).condition)
                order by id desc
                limit \(limit)
            )
            select id, event_type, action, status, nullif(sender_login, '') as sender, result, error,
                coalesce(subject_changed_at, created_at) as at,
                id in (
                    select event_id from github_sync.github_issue_versions
                    where issue_id = any(\(found.issues.map(\.id)))
                ) as is_in_force
            from newest
            order by at, id
            """
        ) { try $0.map(IssueLogEntry.init(event:)) }
    }

    /// What was sent to GitHub, of the issues and of their comments.
    private static func sent(of issues: [UUID], limit: Int) -> Read<[IssueLogEntry]> {
        guard !issues.isEmpty else { return Read(known: []) }
        return Read(
            """
            with newest as (
                select id, kind, sent_at, sent from github_sync.github_outbound_log
                where plane_id = any(array(
                    select unnest(\(issues))
                    union all
                    select id from public.issue_comments where issue_id = any(\(issues))
                ))
                order by id desc
                limit \(limit)
            )
            select kind, sent_at, to_jsonb(sent) as sent from newest order by id
            """
        ) { try $0.map(IssueLogEntry.init(sent:)) }
    }
}

extension IssueLogEntry {
    fileprivate init(event row: Row) throws {
        let status: EventStatus = try row.get("status")
        let result: EventOutcome? = try row.getJSONIfPresent("result")
        let error: String? = try row.getIfPresent("error")
        at = try row.get("at")
        direction = .fromGitHub
        who = try row.getIfPresent("sender")
        what = EventWords.sentence(type: try row.get("event_type"), action: try row.getIfPresent("action"), sender: who)
        outcome =
            switch status {
            case .pending, .processing: .waiting
            case .failed: .failed
            case .completed: result.flatMap { Outcome(rawValue: $0.outcome) } ?? .applied
            }
        details = (result?.details ?? []) + (error.map { [$0] } ?? [])
        eventID = try row.get("id")
        isInForce = try row.get("is_in_force")
    }

    fileprivate init(sent row: Row) throws {
        let kind: String = try row.get("kind")
        at = try row.get("sent_at")
        direction = .toGitHub
        who = nil
        what = kind == "comment" ? "a comment in Plane was sent to GitHub" : "the issue in Plane was sent to GitHub"
        outcome = .sent
        details = try row.getJSON("sent")
        eventID = nil
        isInForce = false
    }
}
