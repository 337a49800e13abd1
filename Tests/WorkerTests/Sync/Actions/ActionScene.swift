import Foundation
import TestSupport

@testable import Base
@testable import Worker

/// What is there before an action: one issue with a label, an assignee and a comment, as GH-1.
enum ActionScene {
    static let bug = SampleLabel(1, "bug")
    /// Of every change.
    static let later = SampleIssue.time(20)

    static var issue: SampleIssue {
        var issue = SampleIssue(12)
        issue.labels = [bug]
        issue.assignees = [.octocat]
        return issue
    }

    static let deliveries = [
        ActionCase.Delivery(event: .issues, payload: issue.event("opened")),
        ActionCase.Delivery(event: .issueComment, payload: issue.event("created", SampleComment(7))),
    ]

    static var closed: SampleIssue {
        var issue = issue
        issue.state = "closed"
        issue.stateReason = "completed"
        issue.closedAt = SampleIssue.time(10)
        issue.updatedAt = SampleIssue.time(10)
        return issue
    }

    static func pull(_ state: SamplePullRequest.State = .open, at seconds: Int = 0) -> SamplePullRequest {
        var pull = SamplePullRequest(34)
        pull.body = "Fixes #12"
        pull.state = state
        pull.updatedAt = SampleIssue.time(seconds)
        return pull
    }

    static let author =
        "<p class=\"editor-paragraph-block\"><a href=\"https://github.com/stranger\" target=\"_blank\" "
        + "rel=\"noopener noreferrer\">stranger</a> wrote on GitHub:</p>"
}
