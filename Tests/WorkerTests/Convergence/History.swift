import Base
import Database
import Foundation
import TestSupport

/// What happened to one issue on GitHub, to its labels and to pull requests that name it: the deliveries, in the order
/// GitHub made them.
struct History: Sendable {
    /// How the repository is connected.
    enum Connection: Sendable, CaseIterable {
        /// Without settings.
        case plain
        /// With `settings`.
        case configured

        var repository: SampleRepository { self == .plain ? .rocket : .shuttle }

        static let settings = """
            {
                "accept": ["issues.opened", "issues.edited", "issues.closed", "issues.reopened", "issues.unlabeled",
                    "issues.assigned", "issues.deleted", "issue_comment", "pull_request", "label"],
                "states": {"open": "Todo", "cancelled": "group:cancelled"},
                "pull_requests": {"open": "group:started", "merged": "group:completed"},
                "ignore": ["$.sender.login == \\"noisy-bot\\""],
                "transform": [
                    {"set": "priority", "to": "urgent", "when": "$.issue.title like_regex \\"[3-5]$\\""},
                    {"set": "label", "to": "odd", "when": "$.issue.title like_regex \\"[13579]$\\""}
                ],
                "new_issues": {"labels": ["from GitHub"]}
            }
            """
    }

    /// One delivery: which snapshots it shows.
    struct Step: Sendable, CustomStringConvertible {
        enum Subject: Sendable {
            case issue(SampleIssue, comment: SampleComment?)
            case pull(SamplePullRequest)
            case label(SampleLabel)
        }

        let action: String
        let subject: Subject
        let sender: SampleUser
        var delta: SampleDelta?

        var event: EventType {
            switch subject {
            case .issue(_, comment: nil): .issues
            case .issue: .issueComment
            case .pull: .pullRequest
            case .label: .label
            }
        }

        /// The body, for objects of other ids and numbers: each run of a history has its own.
        func payload(run: Int64, in repository: SampleRepository) -> [UInt8] {
            func own(_ label: SampleLabel) -> SampleLabel {
                var own = SampleLabel(run * 100 + label.id, "\(label.name) of \(run)")
                own.color = label.color
                return own
            }
            switch subject {
            case .issue(var issue, let comment):
                issue.id = 5_000_000 + run
                issue.number = run
                issue.labels = issue.labels.map(own)
                var delta = delta
                if case .label(let label) = delta { delta = .label(own(label)) }
                guard var comment else { return issue.event(action, in: repository, by: sender, with: delta) }
                comment.id += run * 1_000
                return issue.event(action, comment, in: repository, by: sender, with: delta)
            case .pull(var pull):
                pull.id += run * 100
                pull.number += 1_000_000 + run * 100
                pull.body = pull.body?.replacing("#", with: "#\(run)")
                return pull.event(action, in: repository, by: sender, with: delta)
            case .label(let label): return own(label).event(action, in: repository, by: sender)
            }
        }

        var description: String {
            switch subject {
            case .issue(let issue, let comment):
                let what =
                    comment.map { "comment \($0.id) \(action) '\($0.body)' at \($0.updatedAt)" } ?? "issue \(action)"
                return "\(what): \(issue.updatedAt) '\(issue.title)' \(issue.state) \(issue.stateReason ?? "-")"
                    + " labels \(issue.labels.map(\.name)) assignees \(issue.assignees.map(\.login)) by \(sender.login)"
            case .pull(let pull):
                return "pull \(pull.id) \(action): \(pull.updatedAt) '\(pull.title)' \(pull.state) '\(pull.body ?? "")'"
                    + " into \(pull.base ?? "-")"
                    + " by \(sender.login)"
            case .label(let label):
                return "label \(label.id) \(action): '\(label.name)' \(label.color) by \(sender.login)"
            }
        }
    }

    let connection: Connection
    var steps: [Step]
}
