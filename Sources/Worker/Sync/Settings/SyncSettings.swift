import Base
import Database
import Foundation
import Queue

/// How one project wants one repository synced.
///
/// This is the row of `github_sync_settings`, and the document that `plane-worker show-config` prints. Everything in it
/// may be left out and is at its default then.
package struct SyncSettings: Sendable, Equatable {
    /// The deliveries that count, by event, such as `issues`, or by action, such as `issues.opened`; nil for all.
    package var accept: [String]?
    package var states = StateMap()
    package var pullRequests = PullRequestRules()
    /// GitHub's label names, each with the name of the project's label that stands for it.
    package var labels: [String: String] = [:]
    /// If the issue has the labels of several rules, the first rule decides.
    package var priorities: [PriorityRule] = []
    /// `jsonpath` predicates over the payload; a delivery that meets one of them is ignored.
    package var ignore: [String] = []
    package var transform: [Transformation] = []
    /// How many deliveries of the repository are processed in a minute; nil for no limit.
    package var rate: RateLimit?
    package var newIssues = NewIssueDefaults()
    package var outbound = OutboundRules()
    /// Nil for no links to a dashboard.
    package var issueLink: IssueLink?

    /// The project's label that stands for GitHub's, as settings choose it; nil for the label of the same name.
    func label(for name: String) -> String? {
        guard !labels.isEmpty else { return nil }
        let wanted = LabelName(name)
        return labels[name] ?? labels.filter { LabelName($0.key) == wanted }.min { $0.key < $1.key }?.value
    }

    /// GitHub's label for which settings choose this one of the project; nil for the label of the same name.
    package func gitHubLabel(for name: String) -> String? {
        labels.filter { LabelName($0.value) == LabelName(name) }.keys.min()
    }

    func accepts(_ event: EventType, _ action: String) -> Bool {
        guard let accept else { return true }
        return accept.contains(event.rawValue) || accept.contains("\(event.rawValue).\(action)")
    }

    package init() {}
}

/// The states for issues that GitHub shows open, closed as completed, or closed for another reason.
///
/// Nil stands for the project's default state, its first state of group completed, or its first state of group
/// cancelled.
package struct StateMap: Sendable, Equatable, Encodable {
    package var open: StateChoice?
    package var completed: StateChoice?
    package var cancelled: StateChoice?
}

/// A state of a project, chosen by its name or as the first of its group.
package enum StateChoice: Sendable, Equatable {
    case name(String)
    case group(String)
}

/// How pull requests change the issues that they close or name.
package struct PullRequestRules: Sendable, Equatable, Encodable {
    /// Whether issues get links to the pull requests that name them.
    var link = true
    /// The state of an open issue while a draft that will close it is open; nil leaves the issue where it is.
    package var draft: StateChoice?
    /// The same while a pull request that is no draft is open.
    package var open: StateChoice?
    /// The state of an open issue whose pull request was merged.
    package var merged: StateChoice?
}

package struct PriorityRule: Sendable, Equatable, Codable {
    /// A GitHub label, compared without regard to case, as on GitHub.
    package let label: String
    let priority: Priority

    package init(label: String, priority: Priority) {
        self.label = label
        self.priority = priority
    }
}

/// The priorities, in Plane's words.
package enum Priority: String, Sendable, Codable, CaseIterable, SQLValue {
    case urgent, high, medium, low, none
}

/// Sets a field to a constant, or to a value from the payload.
package struct Transformation: Sendable, Equatable {
    package enum Field: String, Sendable, Codable, CaseIterable {
        case title, body, priority
        /// Adds a label, by its name in the project.
        case label
    }

    package enum Value: Sendable, Equatable {
        case constant(String)
        /// The first item that this `jsonpath` finds.
        case path(String)
    }

    package let field: Field
    package let value: Value
    /// A `jsonpath` predicate; nil for always.
    package var condition: String?

    package init(field: Field, value: Value, condition: String? = nil) {
        self.field = field
        self.value = value
        self.condition = condition
    }
}

/// Additions to the issues that the sync creates, besides what GitHub says.
package struct NewIssueDefaults: Sendable, Equatable, Encodable {
    /// By their names in the project; labels that are missing are created.
    package var labels: [String] = []
    package var parent: Named?
    package var module: Named?

    /// A row in Plane: its id, and the name it was chosen by.
    package struct Named: Sendable, Equatable, Codable {
        let id: UUID
        package let name: String

        package init(id: UUID, name: String) {
            self.id = id
            self.name = name
        }
    }
}
