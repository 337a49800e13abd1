import Base
import GitHub
import GitHubClient
import JSON
import Sync

/// What has to be called so that GitHub shows what Plane shows, or why nothing can be yet.
enum IssuePlan: Sendable, Equatable {
    /// Both sides agree.
    case nothing
    /// GitHub shows what was not applied to Plane yet: that comes first, and then both are compared again.
    case applyFirst
    case send(IssueCalls)
}

/// The calls for one issue, and what they mean on both sides.
struct IssueCalls: Sendable, Equatable {
    var title: String?
    var state: GitHubIssue.State?
    var addedLabels: [OutboundIssue.Label] = []
    /// By their names on GitHub.
    var removedLabels: [GitHubLabel] = []
    /// Labels that GitHub cannot have, with the reason.
    var refusedLabels: [String] = []

    var isEmpty: Bool { title == nil && state == nil && addedLabels.isEmpty && removedLabels.isEmpty }

    /// What one atomic call changes; nil when it is not needed.
    var change: IssueChange? {
        guard title != nil || state != nil else { return nil }
        var change = IssueChange()
        change.title = title
        change.state =
            switch state {
            case nil: nil
            case .open: .open
            case .completed: .closed(.completed)
            case .cancelled: .closed(.notPlanned)
            }
        return change
    }
}

extension OutboundIssue {
    /// Whether there is anything to send, as far as is known without asking GitHub.
    var isDirty: Bool {
        let labels = labelChange
        return isTitleDirty || isStateDirty || !labels.added.isEmpty || !labels.removed.isEmpty
    }

    private var isTitleDirty: Bool { rules.sends(.title) && agreement.isTitleDirty(name) }
    private var isStateDirty: Bool { rules.sends(.state) && agreement.isStateDirty(state) }

    private var labelChange: (added: [Label], removed: Set<Int64>) {
        guard rules.sends(.labels) else { return ([], []) }
        let (added, removed) = agreement.labelDifference(from: Set(labels.map(\.id)))
        return (labels.filter { added.contains($0.id) }, removed)
    }

    /// Compares both sides, given what GitHub shows just now.
    func plan(against shown: GitHubIssue) -> IssuePlan {
        var calls = IssueCalls()
        if isTitleDirty {
            guard agreement.knowsTitle(shown.title) else { return .applyFirst }
            // Plane may show it cut, and a row from before this was stored does not tell.
            if PlaneTitle.of(shown.title) != name { calls.title = name }
        }
        if isStateDirty {
            guard agreement.knowsState(shown.state) else { return .applyFirst }
            if shown.state != state { calls.state = state }
        }
        let (added, removed) = labelChange
        let names = Set(shown.labels.map { LabelName($0.name) })
        let ids = Set(shown.labels.map(\.id))
        for label in added where !label.isShown(ids, names) {
            if label.wantedName.unicodeScalars.count > Self.longestLabel {
                calls.refusedLabels.append("\(label.name): longer than \(Self.longestLabel) characters")
            } else {
                calls.addedLabels.append(label)
            }
        }
        calls.removedLabels = shown.labels.filter { removed.contains($0.id) }
        return calls.isEmpty && calls.refusedLabels.isEmpty ? .nothing : .send(calls)
    }

    /// GitHub's limit on a label's name.
    private static let longestLabel = 50
}

extension OutboundIssue.Label {
    /// The name on GitHub, or the one that it is to get there.
    var wantedName: String { githubName ?? name }

    fileprivate func isShown(_ ids: Set<Int64>, _ names: Set<LabelName>) -> Bool {
        githubID.map(ids.contains) ?? false || names.contains(LabelName(wantedName))
    }
}
