import Base
import Database
import Foundation
import GitHub
import HTTP

/// Which events a list shows, as the address of the page says it.
struct EventSearch: Sendable, Equatable {
    /// What the one box holds; it finds an event, a delivery, an issue, a repository or a person.
    enum Box: Sendable, Equatable {
        /// An event's id or a delivery's.
        case id(String)
        case repository(String)
        /// An issue or pull request, of one repository or of any.
        case number(Int, repository: String?)
        /// As in `GH-12`.
        case planeIssue(String)
        case login(String)

        /// Nil for a text that can be none of them.
        init?(_ text: String) {
            if UUID(uuidString: text) != nil {
                self = .id(text.lowercased())
                return
            }
            let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 {
                guard let number = Int(parts[1]), number > 0 else { return nil }
                guard parts[0].isEmpty || GitHubRepository.isFullName(parts[0]) else { return nil }
                self = .number(number, repository: parts[0].isEmpty ? nil : parts[0])
            } else if GitHubRepository.isFullName(text) {
                self = .repository(text)
            } else if text.firstMatch(of: /^[A-Za-z0-9]{1,12}-[0-9]{1,9}$/) != nil, text.first?.isLetter == true {
                self = .planeIssue(text.uppercased())
            } else if text.firstMatch(of: /^@?[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})(?:\[bot\])?$/) != nil {
                self = .login(text.hasPrefix("@") ? String(text.dropFirst()) : text)
            } else {
                return nil
            }
        }
    }

    /// How far back, as a choice on the page.
    enum Period: String, Sendable, CaseIterable {
        case hour = "1h", day = "24h", week = "7d", month = "30d"

        var seconds: Double {
            switch self {
            case .hour: 3_600
            case .day: 86_400
            case .week: 7 * 86_400
            case .month: 30 * 86_400
            }
        }

        var name: String {
            switch self {
            case .hour: "last hour"
            case .day: "last 24 hours"
            case .week: "last 7 days"
            case .month: "last 30 days"
            }
        }
    }

    var text: String?
    var box: Box?
    var status: EventStatus?
    var type: EventType?
    var action: String?
    var repository: String?
    var period: Period?
    /// A text that the error contains, whatever its case.
    var error: String?

    /// - Throws: which field cannot be understood.
    init(_ field: (String) throws(PageProblem) -> String?) throws(PageProblem) {
        text = try field("q")
        if let text {
            guard let box = Box(text) else {
                throw PageProblem(
                    400,
                    "Not understood",
                    "The box takes an event id, a delivery id, #12, owner/name#12, GH-12, owner/name or a login."
                )
            }
            self.box = box
        }
        status = try Self.word("status", field)
        type = try Self.word("type", field)
        action = try field("action")
        repository = try field("repository")
        period = try Self.word("since", field)
        error = try field("error")
    }

    private static func word<Word: RawRepresentable>(
        _ name: String,
        _ field: (String) throws(PageProblem) -> String?
    ) throws(PageProblem) -> Word? where Word.RawValue == String {
        guard let text = try field(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw PageProblem(400, "Not understood", "The field \(name) has no value called '\(text)'.")
        }
        return word
    }

    /// The same as fields of a link.
    var query: LinkQuery {
        LinkQuery([
            "q": text, "status": status?.rawValue, "type": type?.rawValue, "action": action,
            "repository": repository, "since": period?.rawValue, "error": error,
        ])
    }

    var isEverything: Bool { query.isEmpty }
}

extension EventSearch {
    /// The condition on the table called `e`.
    ///
    /// The status is compared with a constant, because only for one the planner uses a partial index. Ids begin with the
    /// time of receipt, so a period limits the range of the primary key that is read.
    func condition(now: Timestamp) -> Query {
        var parts: [Query] = []
        switch status {
        case .pending: parts.append("e.status = 'pending'")
        case .processing: parts.append("e.status = 'processing'")
        case .completed: parts.append("e.status = 'completed'")
        case .failed: parts.append("e.status = 'failed'")
        case nil: break
        }
        if let type { parts.append("e.event_type = \(type)") }
        if let action { parts.append("e.action = \(action)") }
        if let repository { parts.append("lower(e.repository_name) = lower(\(repository))") }
        if let error { parts.append("strpos(lower(e.error_message), lower(\(error))) > 0") }
        if let period {
            let since = now.before(period.seconds)
            parts.append("e.created_at >= \(since) and e.id >= github_sync.first_event_id(\(since))")
        }
        if let box { parts.append(box.condition) }
        return parts.isEmpty ? "true" : parts.joined(separator: " and ")
    }
}

extension EventSearch.Box {
    fileprivate var condition: Query {
        switch self {
        case .id(let text): "(e.id = \(UUID(uuidString: text)) or e.delivery_id = \(text))"
        case .repository(let name): "lower(e.repository_name) = lower(\(name))"
        case .number, .planeIssue, .login: "false"
        }
    }
}

extension Timestamp {
    func before(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: microseconds - Int64(seconds * 1_000_000))
    }
}

extension Connection {
    /// The events that a search finds, newest first, from those before `before` on.
    func eventLines(_ search: EventSearch, before: UUID?, limit: Int, now: Timestamp) throws -> [EventLine] {
        try run(
            """
            select \(EventLine.columns)
            from github_sync.github_webhook_events as e
            where \(search.condition(now: now)) and (\(before) is null or e.id < \(before))
            order by e.id desc
            limit \(limit)
            """,
            as: EventLine.self
        )
    }

    /// The newest events.
    func latestEvents(_ limit: Int) throws -> [EventLine] {
        try run(
            """
            select \(EventLine.columns)
            from github_sync.github_webhook_events as e
            order by e.id desc
            limit \(limit)
            """,
            as: EventLine.self
        )
    }

    /// How many events a search finds; more than `limit` are not counted further.
    func eventCount(_ search: EventSearch, upTo limit: Int, now: Timestamp) throws -> Int {
        try run(
            """
            select count(*) as events
            from (
                select from github_sync.github_webhook_events as e
                where \(search.condition(now: now))
                limit \(limit + 1)
            ) as found
            """
        )[0].get("events")
    }
}
