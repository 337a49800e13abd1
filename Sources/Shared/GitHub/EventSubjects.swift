import Base
import JSON

/// Checks that a body belongs to the event that its request names, because the event's name is not signed.
///
/// A body that was captured and is sent again under another event's name would otherwise mean something else: the body
/// about a deleted comment, sent as `issues`, would delete the issue. Each event must have its own subject, which
/// decoding checks, and must not have the subject of another, which is checked here. Other fields do not matter.
enum EventSubjects {
    /// - Throws: `PayloadProblem` naming the first field that `event` never has, even where it is null.
    static func check(_ body: JSONObject, of event: EventType) throws(PayloadProblem) {
        let own = own(event)
        let foreign = body.keys.first { name in
            !own.contains(name) && (subjects.contains(name) || event == .repository && furtherSubjects.contains(name))
        }
        if let foreign { throw PayloadProblem("\(foreign): not part of \(event.phrase) event") }
    }

    /// The subjects of the events we store, and of events whose bodies also have the subject of one of these.
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
        // The label or milestone is what the action attached or removed.
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
