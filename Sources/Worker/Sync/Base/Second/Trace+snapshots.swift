import Base
import Database
import Foundation
import GitHub

extension Trace {
    /// The trace of a delivery about an issue; as far as we know, one about a comment changed nothing of its issue.
    init(of issue: GitHubIssue, bodyHash: Bytes, in origin: Origin) {
        let state = Self.state(of: issue, bodyHash: bodyHash)
        let change: ReportedChange = origin.event == .issues ? .init(of: issue, bodyHash, origin) : .none
        self.init(origin, state, origin.isFinal(for: issue.updatedAt) ? .isOver : change)
    }

    static func state(of issue: GitHubIssue, bodyHash: Bytes) -> State {
        var state: State = [
            Feature(.title, issue.title), Feature(.body, bodyHash.bytes), Feature(.state, issue.state.rawValue),
        ]
        state.formUnion(issue.labels.map { .label($0.id, $0.name) })
        state.formUnion(issue.assignees.map { .assignee($0.id) })
        if let milestone = issue.milestone { state.insert(Feature(.milestone, milestone)) }
        if let type = issue.type { state.insert(Feature(.type, type)) }
        if issue.isLocked { state.insert(.isLocked) }
        return state
    }

    /// The state of a comment.
    static func state(bodyHash: Bytes) -> State { [Feature(.body, bodyHash.bytes)] }

    init(of comment: GitHubComment, bodyHash: Bytes, in origin: Origin) {
        let body = Feature(.body, bodyHash.bytes)
        let old = origin.delta.bodyBefore.map(Feature.body) ?? .unknown(.body)
        switch origin.action {
        case Payload.reading where origin.isFinal(for: comment.updatedAt): self = .final(origin.eventID, [body])
        case "created": self = .first(origin.eventID, [body])
        case "edited": self.init(origin.eventID, after: [body], gained: [body], lost: [old])
        default: self.init(origin.eventID, after: [body])
        }
    }

    init(of pull: GitHubPullRequest, in origin: Origin) {
        let state: State = [
            Feature(.title, pull.title), .body(pull.body), Feature(.state, pull.state.rawValue),
            Feature(.branch, pull.branch), Feature(.base, pull.base),
        ]
        self.init(origin, state, origin.isFinal(for: pull.updatedAt) ? .isOver : .init(of: pull, origin))
    }

    private init(_ origin: Origin, _ state: State, _ change: ReportedChange) {
        // A state larger than GitHub's limits allow is not worth keeping: the order of receipt decides then.
        let state = state.count <= Self.limit ? state : []
        switch change {
        case .isOver: self = .final(origin.eventID, state)
        case _ where state.isEmpty: self.init(origin.eventID, after: [])
        case .none: self.init(origin.eventID, after: state)
        case .created: self = .first(origin.eventID, state)
        case .replaced(let gained, let lost): self.init(origin.eventID, after: state, gained: gained, lost: lost)
        }
    }

    private static let limit = 200
}

/// The change that a delivery reports by its action.
private enum ReportedChange {
    case none
    /// None, and there will be none: the second of the snapshot is over.
    case isOver
    case created
    case replaced(gained: Set<Feature>, lost: Set<Feature>)

    init(of issue: GitHubIssue, _ bodyHash: Bytes, _ origin: Origin) {
        let delta = origin.delta
        let state = Feature(.state, issue.state.rawValue)
        switch origin.action {
        case "opened": self = .created
        case "edited":
            self.init(edited: delta, title: Feature(.title, issue.title), body: Feature(.body, bodyHash.bytes))
        // If the snapshot shows the issue open, it was taken after somebody reopened it.
        case "closed": self = .replaced(gained: state == .isOpen ? [] : [state], lost: [.isOpen])
        case "reopened": self = .replaced(gained: [.isOpen], lost: [.unknown(.state)])
        case "labeled": self.init(gained: delta.label.map { .label($0.id, $0.name) } ?? .unknown(.label))
        case "unlabeled": self.init(lost: delta.label.map { .label($0.id, $0.name) } ?? .unknown(.label))
        case "assigned": self.init(gained: delta.assigneeID.map(Feature.assignee) ?? .unknown(.assignee))
        case "unassigned": self.init(lost: delta.assigneeID.map(Feature.assignee) ?? .unknown(.assignee))
        case "milestoned": self.init(gained: delta.milestone ?? issue.milestone, of: .milestone)
        case "demilestoned": self.init(lost: delta.milestone, of: .milestone)
        case "typed": self.init(gained: delta.type ?? issue.type, of: .type)
        case "untyped": self.init(lost: delta.type, of: .type)
        case "locked": self.init(gained: .isLocked)
        case "unlocked": self.init(lost: .isLocked)
        default: self = .none
        }
    }

    init(of pull: GitHubPullRequest, _ origin: Origin) {
        func state(_ state: GitHubPullRequest.State) -> Feature { Feature(.state, state.rawValue) }
        switch origin.action {
        case "opened": self = .created
        case "edited":
            self.init(
                edited: origin.delta,
                title: Feature(.title, pull.title),
                body: .body(pull.body),
                base: Feature(.base, pull.base)
            )
        // If the snapshot shows the pull request open, it was taken after somebody reopened it.
        case "closed":
            let isLate = [.open, .draft].contains(pull.state)
            self = .replaced(gained: isLate ? [] : [state(pull.state)], lost: [.unknown(.state)])
        case "reopened": self = .replaced(gained: [state(pull.state)], lost: [state(.closed)])
        case "converted_to_draft": self = .replaced(gained: [state(.draft)], lost: [state(.open)])
        case "ready_for_review": self = .replaced(gained: [state(.open)], lost: [state(.draft)])
        default: self = .none
        }
    }

    private init(edited delta: PayloadDelta, title: Feature, body: Feature, base: Feature? = nil) {
        var (gained, lost): (Set<Feature>, Set<Feature>) = ([], [])
        if let before = delta.titleBefore {
            gained.insert(title)
            lost.insert(Feature(.title, before))
        }
        if let before = delta.bodyBefore {
            gained.insert(body)
            lost.insert(.body(before))
        }
        if let base, let before = delta.baseBefore {
            gained.insert(base)
            lost.insert(Feature(.base, before))
        }
        // The delivery does not say what was edited.
        if lost.isEmpty { lost = [.unknown(.title), .unknown(.body)] }
        self = .replaced(gained: gained, lost: lost)
    }

    private init(gained: Feature? = nil, lost: Feature? = nil) {
        self = .replaced(gained: gained.map { [$0] } ?? [], lost: lost.map { [$0] } ?? [])
    }

    /// The delivery does not tell which value was there before.
    private init(gained value: String?, of field: Feature.Field) {
        self = value.map { .replaced(gained: [Feature(field, $0)], lost: [.unknown(field)]) } ?? .none
    }

    private init(lost value: String?, of field: Feature.Field) {
        self = .replaced(gained: [], lost: [value.map { Feature(field, $0) } ?? .unknown(field)])
    }
}

extension Origin {
    /// Whether the object was read after the second of its `updated_at`, by GitHub's clock.
    fileprivate func isFinal(for updatedAt: Timestamp) -> Bool {
        readAt.map { $0.microseconds - updatedAt.microseconds >= 1_000_000 } ?? false
    }
}

extension Feature {
    fileprivate static let isOpen = Feature(.state, GitHubIssue.State.open.rawValue)
    fileprivate static let isLocked = Feature(.lock, "locked")

    fileprivate static func body(_ text: String) -> Feature { Feature(.body, Bytes.hash(of: text).bytes) }
    fileprivate static func assignee(_ id: Int64) -> Feature { Feature(.assignee, String(id)) }

    /// A label is known by its id, whatever its name is by then.
    ///
    /// Some servers send only the name. Such a label gets a negative id from us and is known by its name.
    fileprivate static func label(_ id: Int64?, _ name: String) -> Feature {
        Feature(.label, id.map { $0 > 0 ? "#\($0)" : name } ?? name)
    }
}
