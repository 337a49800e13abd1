import Base
import Foundation
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
    /// In Markdown.
    var text: String?
    var state: GitHubIssue.State?
    var addedLabels: [OutboundIssue.Label] = []
    /// By their names on GitHub.
    var removedLabels: [GitHubLabel] = []
    var addedAssignees: [Person] = []
    var removedAssignees: [GitHubUser] = []

    var isEmpty: Bool {
        change == nil && addedLabels.isEmpty && removedLabels.isEmpty && addedAssignees.isEmpty
            && removedAssignees.isEmpty
    }

    /// What one atomic call changes; nil when it is not needed.
    var change: IssueChange? {
        guard title != nil || text != nil || state != nil else { return nil }
        var change = IssueChange()
        (change.title, change.body) = (title, text)
        change.state =
            switch state {
            case nil: nil
            case .open: .open
            case .completed: .closed(.completed)
            case .cancelled: .closed(.notPlanned)
            }
        return change
    }

    var words: [String] {
        var words: [String] = []
        if let title { words.append("title: \(title)") }
        if text != nil { words.append("text") }
        if let state { words.append("state: \(state.rawValue)") }
        words += addedLabels.map { "label added: \($0.wantedName)" }
        words += removedLabels.map { "label taken off: \($0.name)" }
        words += addedAssignees.map { "assigned: \($0.login ?? $0.name)" }
        return words + removedAssignees.map { "unassigned: \($0.login)" }
    }
}

extension OutboundIssue {
    /// Whether there is anything to send, as far as is known without asking GitHub.
    var isDirty: Bool {
        guard !isDeleted else { return rules.deletion == .close && !agreement.isStateDirty(.open) }
        let (labels, people) = (labelChange, assigneeChange)
        return isTitleDirty || isTextDirty || isStateDirty || !labels.added.isEmpty || !labels.removed.isEmpty
            || !people.added.isEmpty || !people.removed.isEmpty
    }

    var isTitleDirty: Bool { rules.sends(.title) && agreement.isTitleDirty(name) }
    var isStateDirty: Bool { rules.sends(.state) && agreement.isStateDirty(state) }
    /// Whether the text may have been edited; the editor may only have written it anew.
    var isTextDirty: Bool { !isDeleted && rules.sends(.text) && agreement.isTextDirty(html) }

    private var labelChange: (added: [Label], removed: Set<Int64>) {
        guard rules.sends(.labels) else { return ([], []) }
        let (added, removed) = agreement.labelDifference(from: Set(labels.map(\.id)))
        return (labels.filter { added.contains($0.id) && $0.isShort }, removed)
    }

    private var assigneeChange: (added: [Person], removed: Set<Int64>) {
        guard rules.sends(.assignees) else { return ([], []) }
        let (added, removed) = agreement.assigneeDifference(from: Set(assignees.map(\.id)))
        return (assignees.filter { added.contains($0.id) && $0.githubID != nil }, removed)
    }

    /// Labels and people that GitHub cannot have, with the reason.
    var refusals: [String] {
        guard !isDeleted else { return [] }
        let long = rules.sends(.labels) ? labels.filter { !$0.isShort } : []
        let unknown = rules.sends(.assignees) ? assignees.filter { $0.githubID == nil } : []
        return long.map { "label \($0.name), which is longer than \(OutboundIssue.Label.longest) characters" }
            + unknown.map { "assignee \($0.name), whose account on GitHub nobody knows" }
    }

    /// Compares both sides, given what GitHub shows just now, and the Markdown of the text in Plane where it may have
    /// been edited.
    func plan(against shown: GitHubIssue, text: String?) -> IssuePlan {
        var calls = IssueCalls()
        if isDeleted {
            if isDirty, shown.state == .open { calls.state = state }
            return calls.isEmpty ? .nothing : .send(calls)
        }
        if isTitleDirty {
            guard agreement.knowsTitle(shown.title) else { return .applyFirst }
            // Plane may show it cut, and a row from before this was stored does not tell.
            if PlaneTitle.of(shown.title) != name { calls.title = name }
        }
        if isTextDirty {
            guard agreement.knowsText(shown.body) else { return .applyFirst }
            if text != shown.body { calls.text = text }
        }
        if isStateDirty {
            guard agreement.knowsState(shown.state) else { return .applyFirst }
            if shown.state != state { calls.state = state }
        }
        planLabels(against: shown, &calls)
        planAssignees(against: shown, &calls)
        return calls.isEmpty ? .nothing : .send(calls)
    }

    private func planLabels(against shown: GitHubIssue, _ calls: inout IssueCalls) {
        let (added, removed) = labelChange
        let names = Set(shown.labels.map { LabelName($0.name) })
        let ids = Set(shown.labels.map(\.id))
        calls.addedLabels = added.filter { !$0.isShown(ids, names) }
        calls.removedLabels = shown.labels.filter { removed.contains($0.id) }
    }

    private func planAssignees(against shown: GitHubIssue, _ calls: inout IssueCalls) {
        let (added, removed) = assigneeChange
        calls.addedAssignees = added.filter { person in !shown.assignees.contains { $0.id == person.githubID } }
        calls.removedAssignees = shown.assignees.filter { removed.contains($0.id) }
    }
}

extension OutboundIssue.Label {
    /// GitHub's limit on a label's name.
    static let longest = 50

    fileprivate var isShort: Bool { wantedName.unicodeScalars.count <= Self.longest }

    /// The name on GitHub, or the one that it is to get there.
    var wantedName: String { githubName ?? name }

    fileprivate func isShown(_ ids: Set<Int64>, _ names: Set<LabelName>) -> Bool {
        githubID.map(ids.contains) ?? false || names.contains(LabelName(wantedName))
    }
}

extension OutboundIssue {
    /// What both sides agree on once the calls are about to be made: what is sent may appear on GitHub, and what needs
    /// no call is the same there.
    func agreement(making calls: IssueCalls, _ labels: [UUID: GitHubLabel] = [:]) -> IssueAgreement {
        var agreement = agreement
        guard !isDeleted else {
            guard let state = calls.state else { return agreement.closedInPlane }
            agreement.intend(state: state)
            return agreement
        }
        if let title = calls.title {
            agreement.intend(title: title)
        } else if rules.sends(.title) {
            agreement.settle(title: name)
        }
        if let text = calls.text {
            agreement.intend(text: text, for: html)
        } else if rules.sends(.text) {
            agreement.settle(text: html)
        }
        if let state = calls.state {
            agreement.intend(state: state)
        } else if rules.sends(.state) {
            agreement.settle(state: state)
        }
        for label in calls.addedLabels {
            if let id = labels[label.id]?.id { agreement.intend(adding: id, as: label.id) }
        }
        for label in calls.removedLabels { agreement.intend(removing: label.id) }
        for person in calls.addedAssignees {
            if let id = person.githubID { agreement.intend(assigning: id, as: person.id) }
        }
        for user in calls.removedAssignees { agreement.intend(unassigning: user.id) }
        return agreement
    }
}
