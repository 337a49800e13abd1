import Base
import Database
import Foundation
import Queue

/// How one project wants one repository synced: the row of `github_sync_settings`, and the document that
/// `plane-worker show-config` prints.
///
/// Everything may be left out; what is left out behaves as without settings.
package struct SyncSettings: Sendable, Equatable {
    /// Which deliveries count: an event such as `issues`, or one action of it, `issues.opened`; nil: all.
    package var accept: [String]?
    package var states = StateMap()
    package var pullRequests = PullRequestRules()
    /// GitHub label name → name of the project's label that stands for it.
    package var labels: [String: String] = [:]
    /// The first rule whose label the issue carries decides.
    package var priorities: [PriorityRule] = []
    /// `jsonpath` predicates over the payload: a delivery that meets one is left alone.
    package var ignore: [String] = []
    package var transform: [Transformation] = []
    /// Deliveries of the repository worked on per minute; nil: no limit.
    package var rate: RateLimit?
    package var newIssues = NewIssueDefaults()

    /// Whether the payload has to be shown to PostgreSQL's `jsonpath`.

    /// The project's label that is to stand for one of GitHub's; nil: one of its own name.
    func label(for name: String) -> String? {
        guard !labels.isEmpty else { return nil }
        let wanted = LabelName(name)
        return labels[name] ?? labels.filter { LabelName($0.key) == wanted }.min { $0.key < $1.key }?.value
    }

    func accepts(_ event: EventType, _ action: String) -> Bool {
        guard let accept else { return true }
        return accept.contains(event.rawValue) || accept.contains("\(event.rawValue).\(action)")
    }

    package init() {}
}

/// Where issues go that GitHub shows open, closed as completed, or closed as anything else.
///
/// Nil: the default state, the first of group completed, the first of group cancelled.
package struct StateMap: Sendable, Equatable, Encodable {
    package var open: StateChoice?
    package var completed: StateChoice?
    package var cancelled: StateChoice?
}

/// A state of a project, by its name or as the first of a group.
package enum StateChoice: Sendable, Equatable {
    case name(String)
    case group(String)
}

/// What pull requests do to the issues they close or name.
package struct PullRequestRules: Sendable, Equatable, Encodable {
    /// Whether issues get links to the pull requests that name them.
    var link = true
    /// Where an open issue goes while a draft that will close it is open; nil: nowhere.
    package var draft: StateChoice?
    /// The same for a pull request that is no draft.
    package var open: StateChoice?
    /// Where an open issue goes whose pull request was merged.
    package var merged: StateChoice?
}

package struct PriorityRule: Sendable, Equatable, Codable {
    /// A GitHub label, compared without regard to case, as GitHub does.
    package let label: String
    let priority: Priority

    package init(label: String, priority: Priority) {
        self.label = label
        self.priority = priority
    }
}

/// Plane's words.
package enum Priority: String, Sendable, Codable, CaseIterable, SQLValue {
    case urgent, high, medium, low, none
}

/// Sets a field from the payload, or to a constant.
package struct Transformation: Sendable, Equatable {
    package enum Field: String, Sendable, Codable, CaseIterable {
        case title, body, priority
        /// One label more, by its name in the project.
        case label
    }

    package enum Value: Sendable, Equatable {
        case constant(String)
        /// The first item this `jsonpath` finds.
        case path(String)
    }

    package let field: Field
    package let value: Value
    /// A `jsonpath` predicate; nil: always.
    package var condition: String?

    package init(field: Field, value: Value, condition: String? = nil) {
        self.field = field
        self.value = value
        self.condition = condition
    }
}

/// What issues made by the sync get besides what GitHub says.
package struct NewIssueDefaults: Sendable, Equatable, Encodable {
    /// By their names in the project; made if missing.
    package var labels: [String] = []
    package var parent: Named?
    package var module: Named?

    /// A row of Plane, by id, and the name it was chosen by.
    package struct Named: Sendable, Equatable, Codable {
        let id: UUID
        package let name: String

        package init(id: UUID, name: String) {
            self.id = id
            self.name = name
        }
    }
}
