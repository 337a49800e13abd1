import Base
import JSON
import Queue

/// One change that an operator asked for; it leaves all other settings as they are.
package enum SettingsChange: Sendable, Equatable {
    case clear(SettingsPart)
    /// Nil accepts everything.
    case accept([String]?)
    case state(IssueState, StateChoice)
    case pullRequestState(PullRequestState, StateChoice)
    case pullRequestLinks(Bool)
    // A list is replaced as a whole, so that the command shows what holds afterwards.
    case labels([String: String])
    case priorities([PriorityRule])
    case ignore([String])
    case transform([Transformation])
    case rate(RateLimit)
    case newLabels([String])
    case outbound(OutboundRules.Scope)
    case outboundComments(OutboundRules.Comments)
    case outboundMentions(OutboundRules.Mentions)
    case outboundDeletion(OutboundRules.Deletion)
    case createLabel(String)
    case outboundWithout([OutboundRules.Field])
    case conflict(ConflictRule)
    case issueLink(IssueLink)

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
        case .outbound(let scope): settings.outbound.set(scope, at: .now)
        case .outboundComments(let comments): settings.outbound.set(comments, at: .now)
        case .outboundMentions(let mentions): settings.outbound.mentions = mentions
        case .outboundDeletion(let rule): settings.outbound.deletion = rule
        case .createLabel(let name): settings.outbound.createLabel = name
        case .outboundWithout(let fields): settings.outbound.without = fields
        case .conflict(let rule): settings.outbound.conflict = rule
        case .issueLink(let link): settings.issueLink = link
        }
    }
}

/// A part of the settings, as `configure --clear` names it.
package enum SettingsPart: String, Sendable, CaseIterable {
    case accept, states
    case pullRequests = "pull-requests"
    case labels, priorities, ignore, transform, rate
    case newIssues = "new-issues"
    case outbound
    case issueLink = "issue-link"

    /// Puts the part back to its default.
    func clear(in settings: inout SyncSettings) {
        let none = SyncSettings()
        switch self {
        case .accept: settings.accept = none.accept
        case .states: settings.states = none.states
        case .pullRequests: settings.pullRequests = none.pullRequests
        case .labels: settings.labels = none.labels
        case .priorities: settings.priorities = none.priorities
        case .ignore: settings.ignore = none.ignore
        case .transform: settings.transform = none.transform
        case .rate: settings.rate = none.rate
        case .newIssues: settings.newIssues = none.newIssues
        case .outbound: settings.outbound = none.outbound
        case .issueLink: settings.issueLink = none.issueLink
        }
    }
}

/// One entry that differs between two versions of the settings.
package struct SettingsDifference: Sendable, Equatable {
    let before: SettingsEntry
    let after: SettingsEntry

    package static func all(from before: SyncSettings, to after: SyncSettings) -> [SettingsDifference] {
        zip(before.entries, after.entries).map(Self.init).filter { $0.before != $0.after }
    }

    /// `name: old → new`; for a list, the values that left (-) and that came (+).
    package var lines: [String] {
        guard max(before.values.count, after.values.count) > 1 else {
            return ["\(after.name): \(before.lines.joined()) → \(after.lines.joined())"]
        }
        let gone = before.values.filter { !after.values.contains($0) }.map { "  - \($0)" }
        let come = after.values.filter { !before.values.contains($0) }.map { "  + \($0)" }
        guard gone.isEmpty, come.isEmpty else { return ["\(after.name):"] + gone + come }
        return ["\(after.name), in another order:"] + after.values.map { "    \($0)" }
    }

    package var json: JSONValue {
        .object([
            "name": .string(after.name),
            "before": .array(before.values.map(JSONValue.string)),
            "after": .array(after.values.map(JSONValue.string)),
        ])
    }
}
