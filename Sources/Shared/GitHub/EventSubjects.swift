import Base
import JSON

/// Tells the bodies of GitHub's events apart by what they are about: the event's name is not signed.
///
/// A body that was captured and is sent again under another event's name would otherwise mean something else: that of a
/// deleted comment, sent as `issues`, would delete its issue. Each event must have its own subject, which decoding
/// sees to, and must not have another event's, which is looked for here. Other fields may come and go as GitHub likes.
enum EventSubjects {
    /// - Throws: `PayloadProblem` naming the first field that `event` never has, even where it is null.
    static func check(_ body: JSONObject, of event: EventType) throws(PayloadProblem) {
        let own = own(event)
        let foreign = body.keys.first { name in
            !own.contains(name) && (subjects.contains(name) || event == .repository && furtherSubjects.contains(name))
        }
        if let foreign { throw PayloadProblem("\(foreign): not part of \(event.phrase) event") }
    }

    /// What the events we store are about, and those whose bodies have the subject of one of them beside their own.
    private static let subjects: Set<String> = [
        "blocked_issue", "blocking_issue", "comment", "discussion", "issue", "label", "milestone", "parent_issue",
        "pull_request", "review", "sub_issue", "thread",
    ]

    /// Every body shows its repository, so a `repository` event is one that has no subject of any other event.
    private static let furtherSubjects: Set<String> = [
        "alert", "answer", "build", "check_run", "check_suite", "client_payload", "commits", "deployment",
        "deployment_status", "forkee", "head_commit", "hook", "key", "member", "merge_group", "package", "pages",
        "project", "project_card", "project_column", "projects_v2_item", "registry_package", "release",
        "repository_advisory", "repository_ruleset", "rule", "starred_at", "team", "workflow", "workflow_job",
        "workflow_run",
    ]

    private static func own(_ event: EventType) -> Set<String> {
        switch event {
        // With the delta: what was attached or taken away.
        case .issues: ["issue", "label", "milestone"]
        case .pullRequest: ["pull_request", "label", "milestone"]
        case .issueComment: ["issue", "comment"]
        case .label: ["label"]
        case .milestone: ["milestone"]
        case .subIssues: ["sub_issue", "parent_issue"]
        case .repository: []
        }
    }
}

extension EventType {
    fileprivate var phrase: String { self == .issues || self == .issueComment ? "an \(rawValue)" : "a \(rawValue)" }
}
