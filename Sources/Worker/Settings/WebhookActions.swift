import Shared

/// Which actions a setting may name.
enum WebhookActions {
    /// The actions of an event that GitHub documents; empty for one whose actions are not told apart.
    static func known(of event: EventType) -> [String] { actions[event.rawValue] ?? [] }

    /// What is expected in place of a word such as `issues` or `issues.opened`; nil when the word is right.
    static func expected(insteadOf word: String) -> String? {
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let event = EventType(rawValue: parts[0]) else {
            return "EVENT or EVENT.ACTION with an event of: "
                + EventType.allCases.map(\.rawValue).joined(separator: ", ")
        }
        guard parts.count == 2, !known(of: event).contains(parts[1]) else { return nil }
        guard !known(of: event).isEmpty else { return "\(event.rawValue), whose actions cannot be told apart" }
        return "an action of \(event.rawValue): \(known(of: event).joined(separator: ", "))"
    }

    // https://docs.github.com/webhooks/webhook-events-and-payloads
    private static let actions = [
        "issues": [
            "opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned",
            "unassigned", "labeled", "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "typed",
            "untyped", "field_added", "field_removed",
        ],
        "issue_comment": ["created", "edited", "deleted", "pinned", "unpinned"],
        "pull_request": [
            "assigned", "auto_merge_disabled", "auto_merge_enabled", "closed", "converted_to_draft", "demilestoned",
            "dequeued", "edited", "enqueued", "labeled", "locked", "milestoned", "opened", "ready_for_review",
            "reopened", "review_request_removed", "review_requested", "synchronize", "unassigned", "unlabeled",
            "unlocked",
        ],
        "repository": [
            "created", "deleted", "archived", "unarchived", "edited", "renamed", "transferred", "publicized",
            "privatized",
        ],
        "label": ["created", "edited", "deleted"],
        "milestone": ["created", "opened", "closed", "edited", "deleted"],
        "sub_issues": ["sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed"],
    ]
}
