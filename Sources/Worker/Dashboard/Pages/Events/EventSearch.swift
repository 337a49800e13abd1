import Base
import Database
import Foundation
import GitHub
import HTTP
import Inspect

/// Which events a list shows, as the address of the page says it.
struct EventSearch: Sendable, Equatable {
    /// What the one box holds; it finds an event, a delivery, an issue, a repository or a person.
    enum Box: Sendable, Equatable {
        /// An event's id or a delivery's.
        case id(String)
        case repository(String)
        /// `#12`, `owner/name#12` or `GH-12`.
        case issue(IssueReference)
        case login(String)

        /// Nil for a text that can be none of them.
        init?(_ text: String) {
            if UUID(uuidString: text) != nil {
                self = .id(text.lowercased())
                return
            }
            if let reference = IssueReference(text) {
                self = .issue(reference)
            } else if GitHubRepository.isFullName(text) {
                self = .repository(text)
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

        var seconds: Int64 {
            switch self {
            case .hour: 3_600
            case .day: 86_400
            case .week: 7 * 86_400
            case .month: 30 * 86_400
            }
        }

        var name: String {
            switch self {
            case .hour: "in the last hour"
            case .day: "in the last 24 hours"
            case .week: "in the last 7 days"
            case .month: "in the last 30 days"
            }
        }
    }

    /// From when on.
    enum Since: Sendable, Equatable {
        case period(Period)
        case time(String, Moment)

        var text: String {
            switch self {
            case .period(let period): period.rawValue
            case .time(let text, _): text
            }
        }
    }

    struct Until: Sendable, Equatable {
        let text: String
        let time: Timestamp
    }

    var text: String?
    var box: Box?
    var status: EventStatus?
    var type: EventType?
    var action: String?
    var repository: String?
    /// A project's identifier, or `workspace/IDENTIFIER`.
    var project: String?
    var since: Since?
    /// Until when; a date counts whole.
    var until: Until?
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
        project = try field("project")
        if let text = try field("since") {
            if let period = Period(rawValue: text) {
                since = .period(period)
            } else {
                let periods = Period.allCases.map(\.rawValue).joined(separator: ", ")
                since = .time(text, try Self.moment(text, of: "since", or: "\(periods), "))
            }
        }
        if let text = try field("until") {
            until = Until(text: text, time: try Self.moment(text, of: "until").end)
        }
        error = try field("error")
    }

    private static func moment(
        _ text: String,
        of name: String,
        or others: String = ""
    ) throws(PageProblem) -> Moment {
        guard let moment = Moment(text) else {
            throw PageProblem(
                400,
                "Not understood",
                "The field \(name) is '\(text)', expected \(others)\(Moment.expected)."
            )
        }
        return moment
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
            "repository": repository, "project": project, "since": since?.text, "until": until?.text,
            "error": error,
        ])
    }

    var isEverything: Bool { query.isEmpty }
}

extension EventSearch {
    /// The filter of the command line that lets through the same events; the issue that it may name is still to be found.
    func filter(now: Timestamp) -> EventFilter {
        let beginning: Timestamp? =
            switch since {
            case .period(let period): now.before(seconds: period.seconds)
            case .time(_, let moment): moment.beginning
            case nil: nil
            }
        var filter = EventFilter(
            status: status,
            type: type,
            action: action,
            repository: repository,
            project: project,
            since: beginning,
            until: until?.time,
            error: error
        )
        switch box {
        case .id(let id): filter.named = id
        case .repository(let name): filter.repository = name
        case .issue(let reference): filter.issue = reference
        case .login(let login): filter.sender = login
        case nil: break
        }
        return filter
    }
}
