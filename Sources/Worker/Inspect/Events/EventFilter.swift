import Base
import Database
import Foundation

/// Which events somebody asks for; nil stands for all.
package struct EventFilter: Sendable, Equatable {
    /// With this id or delivery id.
    package var named: String?
    package var status: EventStatus?
    package var type: EventType?
    package var action: String?
    package var repository: String?
    /// Received at this time or later.
    package var since: Timestamp?
    /// With a smaller id, which means received earlier: the last id of a page leads to the next one.
    package var before: UUID?
    /// About this issue or pull request, which has to be found first; see `Connection.resolve(_:)`.
    package var issue: IssueReference?
    /// About one of these.
    package var places: [IssuePlace]?
    /// The GitHub login of whoever caused the event, in any case.
    package var sender: String?
    /// A text that the error contains, whatever its case.
    package var error: String?

    package init(
        named: String? = nil,
        status: EventStatus? = nil,
        type: EventType? = nil,
        action: String? = nil,
        repository: String? = nil,
        since: Timestamp? = nil,
        before: UUID? = nil,
        issue: IssueReference? = nil,
        places: [IssuePlace]? = nil,
        sender: String? = nil,
        error: String? = nil
    ) {
        self.named = named
        self.status = status
        self.type = type
        self.action = action
        self.repository = repository
        self.since = since
        self.before = before
        self.issue = issue
        self.places = places
        self.sender = sender
        self.error = error
    }
}

extension EventFilter {
    /// The condition on the rows of `github_webhook_events`.
    ///
    /// The status is compared with each word in turn, because the planner uses a partial index only for a constant; a
    /// bound value becomes one when the statement is planned. Ids begin with the time of receipt, so `since` limits the
    /// range of the primary key that is read.
    package var condition: Query {
        let about: Query =
            if let places {
                """
                and (repository_id, subject_number) in (
                    select * from unnest(\(places.map(\.repositoryID)), \(places.map(\.number)))
                )
                """
            } else if issue != nil {
                // Not found yet: a filter must never let through more than it was asked for.
                "and false"
            } else {
                ""
            }
        return """
            (
                    \(status) is null
                    or (\(status) = 'pending' and status = 'pending')
                    or (\(status) = 'processing' and status = 'processing')
                    or (\(status) = 'completed' and status = 'completed')
                    or (\(status) = 'failed' and status = 'failed')
                )
                and (\(named) is null or id = \(named.flatMap(UUID.init(uuidString:))) or delivery_id = \(named))
                and (\(type) is null or event_type = \(type))
                and (\(action) is null or action = \(action))
                and (\(repository) is null or lower(repository_name) = lower(\(repository)))
                and (\(since) is null or created_at >= \(since))
                and (\(since) is null or id >= github_sync.first_event_id(\(since)))
                and (\(before) is null or id < \(before))
                and (\(sender) is null or lower(sender_login) = lower(\(sender)))
                and (\(error) is null or strpos(lower(error_message), lower(\(error))) > 0)
                \(about)
            """
    }
}

extension Connection {
    /// The same filter, with the issue that it names found.
    /// - Throws: `LookupFailure` when there is no such issue.
    package func resolve(_ filter: EventFilter) throws -> EventFilter {
        guard let issue = filter.issue else { return filter }
        var filter = filter
        let places = try find(issue, in: filter.repository).places
        guard !places.isEmpty else { throw LookupFailure("no issue on GitHub is known as \(issue)") }
        filter.places = places
        return filter
    }
}

extension EventFilter {
    /// What was asked for, in words; nil for all events.
    package var words: String? {
        let parts: [String?] = [
            named, status.map { "status \($0.rawValue)" }, type.map { "type \($0.rawValue)" },
            action.map { "action \($0)" },
            repository.map { "of \($0)" }, issue.map { "about \($0)" }, sender.map { "by \($0)" },
            since.map { "since \($0)" }, before.map { "before \($0.text)" }, error.map { "error with “\($0)”" },
        ]
        let words = parts.compactMap(\.self)
        return words.isEmpty ? nil : String(words.joined(separator: ", ").prefix(500))
    }
}

extension UUID {
    /// The smallest id that an event received at that time can have.
    package init(firstAt time: Timestamp) {
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        self.init(high: milliseconds << 16, low: 0)
    }
}
