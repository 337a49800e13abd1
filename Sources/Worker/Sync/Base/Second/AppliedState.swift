import Base
import Database
import GitHub

/// How GitHub showed an object in what was applied last, for a comparison with how GitHub shows it now.
///
/// A time alone would not do: a second has room for several states.
package struct AppliedState: Sendable, RowDecodable {
    package let updatedAt: Timestamp
    /// Nil if nothing was kept of it.
    private let state: Trace.State?

    /// Reads the columns `github_updated_at`, `event_id` and `recent` of a version that was applied.
    package init(row: Row) throws {
        let version = try ObjectVersion(row: row)
        let history = SecondHistory(try row.getIfPresent("recent"), of: version)
        updatedAt = version.updatedAt
        state = history.newest?.traces.first { $0.eventID == version.eventID && $0.isKnown }?.after
    }

    /// Whether the issue is not as it was, in what Plane shows of it.
    package func isOutdated(by issue: GitHubIssue) -> Bool {
        isOutdated(by: Trace.state(of: issue, bodyHash: .hash(of: issue.body)), issue.updatedAt)
    }

    package func isOutdated(by comment: GitHubComment) -> Bool {
        isOutdated(by: Trace.state(bodyHash: .hash(of: comment.body)), comment.updatedAt)
    }

    private func isOutdated(by other: Trace.State, _ time: Timestamp) -> Bool {
        guard let state else { return updatedAt < time }
        // What is older than what was applied comes from a replica of GitHub's that is late.
        return updatedAt <= time && state.shown != other.shown
    }
}

extension Trace.State {
    /// The part that Plane has a place for.
    fileprivate var shown: Self {
        filter { [.title, .body, .state, .label, .assignee].contains($0.field) }
    }
}
