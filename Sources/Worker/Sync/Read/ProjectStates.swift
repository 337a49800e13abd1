import Foundation

/// A project's states, ordered as Plane orders them.
struct ProjectStates: Sendable {
    struct State: Sendable, Equatable {
        let id: UUID
        let name: String
        let group: String
        let isDefault: Bool
    }

    /// By sequence, without the triage group: an issue in triage is not listed.
    var ordered: [State] = []

    func state(_ id: UUID?) -> State? { ordered.first { $0.id == id } }

    /// The state that settings name; nil when the project has none such.
    func state(_ choice: StateChoice?) -> State? {
        switch choice {
        case .name(let name): ordered.first { $0.name == name }
        case .group(let group): first(group)
        case nil: nil
        }
    }

    func first(_ group: String) -> State? { ordered.first { $0.group == group } }
}
