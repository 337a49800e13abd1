import Base
import GitHub

/// How far the work on an issue is on GitHub.
///
/// This follows from the issue's own state and, while it is open, from the pull requests that close it.
struct Phase: Sendable, Equatable {
    enum Step: String, Sendable {
        case open
        /// Open, and a draft will close it.
        case draft
        /// Open, and a pull request will close it.
        case underWay
        /// Open, with a merged pull request that was to close it and no open one.
        case merged
        case completed
        /// Closed as `not_planned` or `duplicate`.
        case cancelled
    }

    let step: Step
    /// GitHub's `closed_at`, or the time when the last pull request was merged.
    let endedAt: Timestamp?

    /// Uses the newest snapshots alone, so that the order in which they arrived does not matter.
    init(_ state: GitHubIssue.State, closedAt: Timestamp?, closedBy pulls: [AppliedPull]) {
        switch state {
        case .completed: (step, endedAt) = (.completed, closedAt)
        case .cancelled: (step, endedAt) = (.cancelled, closedAt)
        case .open where pulls.contains { $0.state == .open }: (step, endedAt) = (.underWay, nil)
        case .open where pulls.contains { $0.state == .draft }: (step, endedAt) = (.draft, nil)
        case .open:
            let merged = pulls.filter { $0.state == .merged }
            (step, endedAt) = (merged.isEmpty ? .open : .merged, merged.compactMap(\.mergedAt).max())
        }
    }
}

extension Phase.Step {
    /// Whether an issue that a Plane user moved may stay in `current` instead of going to `target`.
    func accepts(_ current: ProjectStates.State, instead target: ProjectStates.State) -> Bool {
        switch self {
        case .open: !current.isEnded || current.group == target.group
        // A pull request does not reopen work that a Plane user ended.
        case .draft, .underWay: current.isEnded || current.group == target.group
        case .merged: current.isEnded || current.group == target.group
        case .completed, .cancelled: current.group == target.group
        }
    }

    /// Whether a person who sees an issue in this state would take it for what GitHub shows.
    func matches(_ state: ProjectStates.State) -> Bool {
        switch self {
        case .open, .draft, .underWay: !state.isEnded
        case .merged: state.isEnded
        case .completed, .cancelled: state.group == rawValue
        }
    }
}
