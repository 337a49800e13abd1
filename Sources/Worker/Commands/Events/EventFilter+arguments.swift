import Base
import Database
import Foundation
import GitHub
import Inspect

extension EventFilter {
    static let options = [
        Option(
            "--type",
            "TYPE",
            "issues, issue_comment, pull_request, repository,\nlabel, milestone, sub_issues",
            completion: .words(EventType.allCases.map(\.rawValue))
        ),
        Option("--repository", "OWNER/NAME", "of this repository"),
        Option("--project", "IDENTIFIER", "of repositories that this project follows (GH)"),
        Option(
            "--since",
            "WHEN",
            "received since: 90s, 15m, 1h, 7d (ago) or a time such\nas 2026-01-01T00:00:00Z"
        ),
        Option(
            "--before",
            "WHEN|ID",
            "received before that, or before the event with\nthis ID (its first 18 characters will do)"
        ),
        Option(
            "--issue",
            "ISSUE",
            "about this issue or pull request: GH-12 as in Plane,\nowner/name#12 or #12 as on GitHub"
        ),
        Option("--sender", "LOGIN", "caused by this GitHub user, in any case"),
    ]

    /// Reads all options but `--status`, whose allowed words differ from command to command.
    init(_ arguments: Arguments, status: EventStatus?, now: Timestamp) throws(UsageProblem) {
        self.init(
            status: status,
            type: try arguments.oneOf("--type"),
            repository: arguments.string("--repository"),
            project: arguments.string("--project"),
            since: try arguments.time("--since", now: now),
            before: try Self.before(arguments, now: now),
            sender: arguments.string("--sender")
        )
        if let text = arguments.string("--issue") {
            guard let issue = IssueReference(text) else { throw arguments.invalid("--issue", IssueReference.expected) }
            self.issue = issue
        }
        if let repository, !GitHubRepository.isFullName(repository) {
            throw arguments.invalid("--repository", "owner/name")
        }
    }

    /// The id that all events are to be smaller than.
    private static func before(_ arguments: Arguments, now: Timestamp) throws(UsageProblem) -> UUID? {
        guard let text = arguments.string("--before") else { return nil }
        if let id = UUID(uuidString: text) { return id }
        if let time = Timestamp(ageOrTime: text, now: now) { return UUID(firstAt: time) }
        guard let prefix = EventPrefix(text), text.count >= EventPrefix.length else {
            throw arguments.invalid(
                "--before",
                "\(Arguments.expectedTime), or an event's id, or its first \(EventPrefix.length) characters or more"
            )
        }
        return prefix.first
    }
}
