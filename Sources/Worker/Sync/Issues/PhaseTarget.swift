/// The state that a project has for issues in a phase.
struct PhaseTarget: Sendable, Equatable {
    /// Nil when the project has no suitable state: an issue that exists stays where it is then.
    let state: ProjectStates.State?
    /// The states that were looked for first and do not exist, in words; nil when nothing is missing.
    var missing: String?

    /// The same target, after something else was looked for in vain.
    fileprivate func missing(_ more: String) -> PhaseTarget {
        PhaseTarget(state: state, missing: missing.map { "\(more), \($0)" } ?? more)
    }
}

extension ProjectStates {
    /// The state for issues in this phase.
    ///
    /// A cancelled state stands in for a missing completed one, and the other way round. Where settings choose no state
    /// for pull requests, or one that does not exist, an issue goes where it would go without them.
    func target(for step: Phase.Step, _ settings: SyncSettings) -> PhaseTarget {
        let pulls = settings.pullRequests
        return switch step {
        case .open: chosen(settings.states.open, else: open)
        case .draft: chosen(pulls.draft, else: target(for: .open, settings))
        case .underWay: chosen(pulls.open, else: target(for: .open, settings))
        case .merged: chosen(pulls.merged, else: target(for: .underWay, settings))
        case .completed: chosen(settings.states.completed, else: ended("completed", else: "cancelled"))
        case .cancelled: chosen(settings.states.cancelled, else: ended("cancelled", else: "completed"))
        }
    }

    /// The state that settings choose, if they do and the project has it; otherwise the other target.
    private func chosen(_ choice: StateChoice?, else other: PhaseTarget) -> PhaseTarget {
        guard let choice else { return other }
        guard let state = state(choice) else { return other.missing("\(choice.words), which settings name") }
        return PhaseTarget(state: state)
    }

    /// Plane's default state, or else the first one in which work is not over.
    private var open: PhaseTarget {
        if let state = ordered.first(where: \.isDefault) { return PhaseTarget(state: state) }
        return PhaseTarget(state: ordered.first { !$0.isEnded }, missing: "no default state")
    }

    private func ended(_ group: String, else other: String) -> PhaseTarget {
        if let state = first(group) { return PhaseTarget(state: state) }
        return PhaseTarget(state: first(other), missing: StateChoice.group(group).words)
    }
}

extension ProjectStates.State {
    /// Whether the work on an issue in this state is over.
    var isEnded: Bool { ["completed", "cancelled"].contains(group) }
}

extension StateChoice {
    /// Says what a project without such a state lacks.
    fileprivate var words: String {
        switch self {
        case .name(let name): "no state \(name)"
        case .group(let group): "no state of group \(group)"
        }
    }
}
