/// Where an issue goes in a phase, as far as its project has states for it.
struct PhaseTarget: Sendable, Equatable {
    /// Nil when no state of the project will do: an issue that is there stays where it is.
    let state: ProjectStates.State?
    /// The states that come before it and are not there, in words; nil when nothing is missing.
    var missing: String?

    /// The same, found only after looking for something else in vain.
    fileprivate func missing(_ more: String) -> PhaseTarget {
        PhaseTarget(state: state, missing: missing.map { "\(more), \($0)" } ?? more)
    }
}

extension ProjectStates {
    /// Where an issue goes in this phase.
    ///
    /// Of two kinds of ended states one stands in for the other, and for what pull requests are set to move the state
    /// that an issue has without them.
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

    /// What settings choose, if they do and the project has it.
    private func chosen(_ choice: StateChoice?, else other: PhaseTarget) -> PhaseTarget {
        guard let choice else { return other }
        guard let state = state(choice) else { return other.missing("\(choice.words), which settings name") }
        return PhaseTarget(state: state)
    }

    /// Plane's default state; without one the first in which work is not over.
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
    /// Whether work on an issue in it is over.
    var isEnded: Bool { ["completed", "cancelled"].contains(group) }
}

extension StateChoice {
    /// What a project that has none such lacks.
    fileprivate var words: String {
        switch self {
        case .name(let name): "no state \(name)"
        case .group(let group): "no state of group \(group)"
        }
    }
}
