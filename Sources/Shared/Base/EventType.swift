/// The GitHub events this system takes in; GitHub's `X-GitHub-Event` words.
package enum EventType: String, Sendable, CaseIterable {
    case issues
    case issueComment = "issue_comment"
    case pullRequest = "pull_request"
    case repository
    case label
    case milestone
    case subIssues = "sub_issues"
}
