import Base

/// The effect of a delivery.
enum Effect: Sendable, Equatable {
    /// The issue's snapshot is applied.
    case issue
    case issueGone
    case comment
    case commentGone
    /// The pull request is linked to the issues that it names.
    case pullRequest
    case label
    case labelGone
    /// The repository's name and owner are taken over.
    case repositoryName
    /// The event is completed at once, for this reason.
    case ignored(String)
}

/// Every stored event and action of GitHub's, and its effect; deploy/events.md says the same for people.
///
/// Source: https://docs.github.com/webhooks/webhook-events-and-payloads
enum RoutingTable {
    static let effects: [EventType: [String: Effect]] = [
        .issues: issues, .issueComment: comments, .pullRequest: pullRequests, .label: labels,
        .repository: repositories, .milestone: milestones, .subIssues: subIssues,
    ]

    static func effect(of event: EventType, _ action: String) -> Effect {
        effects[event]?[action] ?? .ignored("unknown action \(action)")
    }

    private static let issues: [String: Effect] = [
        "opened": .issue, "edited": .issue, "closed": .issue, "reopened": .issue, "assigned": .issue,
        "unassigned": .issue, "labeled": .issue, "unlabeled": .issue, "milestoned": .issue, "demilestoned": .issue,
        "typed": .issue, "untyped": .issue, "locked": .issue, "unlocked": .issue, "pinned": .issue,
        "unpinned": .issue, "field_added": .issue, "field_removed": .issue,
        "deleted": .issueGone, "transferred": .issueGone,
    ]

    private static let comments: [String: Effect] = [
        "created": .comment, "edited": .comment, "pinned": .comment, "unpinned": .comment, "deleted": .commentGone,
    ]

    /// No action is left out: each payload shows the whole pull request, and any of them may be the first to arrive.
    private static let pullRequests: [String: Effect] = Dictionary(
        uniqueKeysWithValues: [
            "opened", "edited", "closed", "reopened", "converted_to_draft", "ready_for_review", "synchronize",
            "assigned", "unassigned", "labeled", "unlabeled", "milestoned", "demilestoned", "locked", "unlocked",
            "review_requested", "review_request_removed", "enqueued", "dequeued", "auto_merge_enabled",
            "auto_merge_disabled",
        ].map { ($0, .pullRequest) }
    )

    private static let labels: [String: Effect] = ["created": .label, "edited": .label, "deleted": .labelGone]

    private static let repositories: [String: Effect] = [
        "renamed": .repositoryName, "transferred": .repositoryName,
        "deleted": .ignored("what was synced stays; disconnect ends the connection"),
        "archived": .ignored("what was synced stays"), "unarchived": .ignored("what was synced stays"),
        "created": .ignored("nothing to sync yet"), "edited": .ignored("descriptions and branches are not synced"),
        "publicized": .ignored("visibility is not synced"), "privatized": .ignored("visibility is not synced"),
    ]

    private static let milestones: [String: Effect] = Dictionary(
        uniqueKeysWithValues: ["created", "opened", "closed", "edited", "deleted"].map {
            ($0, .ignored("a milestone is only named in the results of its issues"))
        }
    )

    private static let subIssues: [String: Effect] = Dictionary(
        uniqueKeysWithValues: ["sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed"]
            .map { ($0, .ignored("parents are set in Plane")) }
    )
}

/// The actions that settings may name.
package enum WebhookActions {
    /// The actions of an event that the sync knows.
    static func known(of event: EventType) -> [String] { (RoutingTable.effects[event] ?? [:]).keys.sorted() }

    /// What is expected in place of a word such as `issues` or `issues.opened`; nil when the word is right.
    package static func expected(insteadOf word: String) -> String? {
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let event = EventType(rawValue: parts[0]) else {
            return "EVENT or EVENT.ACTION with an event of: "
                + EventType.allCases.map(\.rawValue).joined(separator: ", ")
        }
        guard parts.count == 2, !known(of: event).contains(parts[1]) else { return nil }
        return "an action of \(event.rawValue): \(known(of: event).joined(separator: ", "))"
    }
}
