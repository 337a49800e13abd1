import Base
import Database
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
        Option("--since", "WHEN", "received since: 90s, 15m, 1h, 7d (ago) or a time such\nas 2026-01-01T00:00:00Z"),
    ]

    /// Reads all options but `--status`, whose allowed words differ from command to command.
    init(_ arguments: Arguments, status: EventStatus?, now: Timestamp) throws(UsageProblem) {
        self.init(
            status: status,
            type: try arguments.oneOf("--type"),
            repository: arguments.string("--repository"),
            since: try arguments.time("--since", now: now)
        )
        if let repository, !GitHubRepository.isFullName(repository) {
            throw arguments.invalid("--repository", "owner/name")
        }
    }
}
