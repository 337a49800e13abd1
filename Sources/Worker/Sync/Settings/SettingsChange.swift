import Queue

/// One change an operator asked for; each leaves the other parts alone.
package enum SettingsChange: Sendable, Equatable {
    case clear(SettingsPart)
    /// Nil accepts everything.
    case accept([String]?)
    case state(IssueState, StateChoice)
    case pullRequestState(PullRequestState, StateChoice)
    case pullRequestLinks(Bool)
    // Lists are replaced as a whole: what holds afterwards can be read off the command.
    case labels([String: String])
    case priorities([PriorityRule])
    case ignore([String])
    case transform([Transformation])
    case rate(RateLimit)
    case newLabels([String])

    package enum IssueState: String, Sendable, CaseIterable { case open, completed, cancelled }
    package enum PullRequestState: String, Sendable, CaseIterable { case draft, open, merged }

    package func apply(to settings: inout SyncSettings) {
        switch self {
        case .clear(let part): part.clear(in: &settings)
        case .accept(let events): settings.accept = events
        case .state(.open, let choice): settings.states.open = choice
        case .state(.completed, let choice): settings.states.completed = choice
        case .state(.cancelled, let choice): settings.states.cancelled = choice
        case .pullRequestState(.draft, let choice): settings.pullRequests.draft = choice
        case .pullRequestState(.open, let choice): settings.pullRequests.open = choice
        case .pullRequestState(.merged, let choice): settings.pullRequests.merged = choice
        case .pullRequestLinks(let link): settings.pullRequests.link = link
        case .labels(let labels): settings.labels = labels
        case .priorities(let rules): settings.priorities = rules
        case .ignore(let predicates): settings.ignore = predicates
        case .transform(let rules): settings.transform = rules
        case .rate(let limit): settings.rate = limit
        case .newLabels(let names): settings.newIssues.labels = names
        }
    }
}
