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
    /// Of a repository that this project follows, by its identifier or as `workspace/IDENTIFIER`; it has to be found
    /// first; see `Connection.resolve(_:)`.
    package var project: String?
    /// Of one of these, by GitHub's numbers.
    package var repositories: [Int64]?
    /// Received at this time or later.
    package var since: Timestamp?
    /// Received before this time.
    package var until: Timestamp?
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
        project: String? = nil,
        repositories: [Int64]? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
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
        self.project = project
        self.repositories = repositories
        self.since = since
        self.until = until
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
        let followed: Query =
            if let repositories {
                "and repository_id = any(\(repositories))"
            } else {
                project == nil ? "" : "and false"
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
                and (\(until) is null or created_at < \(until))
                and (\(until) is null or id < github_sync.first_event_id(\(until)))
                and (\(before) is null or id < \(before))
                and (\(sender) is null or lower(sender_login) = lower(\(sender)))
                and (\(error) is null or strpos(lower(error_message), lower(\(error))) > 0)
                \(about)
                \(followed)
            """
    }
}

extension Connection {
    /// The same filter, with the issue and the project that it names found.
    /// - Throws: `LookupFailure` when there is no such issue, or no such project that follows a repository.
    package func resolve(_ filter: EventFilter) throws -> EventFilter {
        var filter = filter
        if let issue = filter.issue {
            let places = try find(issue, in: filter.repository).places
            guard !places.isEmpty else { throw LookupFailure("no issue on GitHub is known as \(issue)") }
            filter.places = places
        }
        if let project = filter.project {
            let repositories = try repositories(followedBy: project)
            guard !repositories.isEmpty else {
                throw LookupFailure("no project \(project) follows a repository")
            }
            filter.repositories = repositories
        }
        return filter
    }

    /// GitHub's numbers of the repositories that projects of this name follow.
    private func repositories(followedBy project: String) throws -> [Int64] {
        try run(
            """
            select distinct r.repository_id
            from public.projects as p
            inner join public.workspaces as w on w.id = p.workspace_id
            inner join public.github_repository_syncs as s on s.project_id = p.id and s.deleted_at is null
            inner join public.github_repositories as r on r.id = s.repository_id and r.deleted_at is null
            where p.deleted_at is null
                and lower(\(project)) in (lower(p.identifier), lower(w.slug || '/' || p.identifier))
            """
        ).map { try $0.get("repository_id") }
    }
}

extension EventFilter {
    /// Whether an index finds what passes, or nearly everything passes, so that to count it up to a limit takes no time.
    package var isQuickToCount: Bool {
        let isFew = named != nil || places != nil || [.pending, .processing, .failed].contains(status)
        return isFew || (sender == nil && error == nil && repository == nil && repositories == nil && action == nil)
    }

    /// What was asked for, in words; nil for all events.
    package var words: String? {
        let parts: [String?] = [
            named, status.map { "status \($0.rawValue)" }, type.map { "type \($0.rawValue)" },
            action.map { "action \($0)" },
            repository.map { "of \($0)" }, issue.map { "about \($0)" }, sender.map { "by \($0)" },
            project.map { "of the project \($0)" }, since.map { "since \($0)" },
            until.map { "until \($0)" }, before.map { "before \($0.text)" },
            error.map { "error with “\($0)”" },
        ]
        let words = parts.compactMap(\.self)
        return words.isEmpty ? nil : String(words.joined(separator: ", ").prefix(500))
    }
}
