import Database
import Foundation
import GitHub

/// The labels that a batch may need, in Plane and on GitHub.
struct KnownLabels: Sendable, Emptiable {
    /// By project.
    var projects: [UUID: ProjectLabels] = [:]
    var versions: [PlaneKey: LabelVersion] = [:]
    /// The labels in Plane that `label` events of the batch are about.
    var targets: [PlaneKey: LabelTarget] = [:]
}

/// The labels of one project that the batch may need.
struct ProjectLabels: Sendable {
    struct Label: Sendable, Equatable {
        let id: UUID
        let name: String
    }

    private(set) var byID: [UUID: Label] = [:]
    /// By GitHub's id, for labels that we made, so that a label is found even if it was renamed in Plane.
    private(set) var byGitHubID: [Int64: Label] = [:]
    /// By the bytes of the name, as PostgreSQL compares them.
    private var byBytes: [Bytes: Label] = [:]
    private var byName: [LabelName: Label] = [:]

    /// Labels have to be added oldest first.
    mutating func add(_ label: Label, githubID: Int64?) {
        byID[label.id] = label
        byBytes[Bytes(Array(label.name.utf8))] = label
        if byName[LabelName(label.name)] == nil { byName[LabelName(label.name)] = label }
        if let githubID { byGitHubID[githubID] = label }
    }

    /// The label with exactly this name, or else the oldest one whose name differs only in case.
    ///
    /// GitHub has no two labels that differ only in case, and Plane's interface refuses to edit either of such two.
    func named(_ name: String) -> Label? { byBytes[Bytes(Array(name.utf8))] ?? byName[LabelName(name)] }

    /// Another label that has this name already, without regard to case.
    func other(than id: UUID, named name: String) -> Label? {
        let name = LabelName(name)
        return byID.values.filter { $0.id != id && LabelName($0.name) == name }.min { $0.name < $1.name }
    }
}

/// A label on GitHub, as its `label` events and its issues last showed it to one project.
struct LabelVersion: Sendable, Equatable {
    /// The label in Plane that stands for it; nil as long as none does.
    let labelID: UUID?
    /// The last `label` event; nil when the label is known from issues only.
    let eventID: UUID?
    let name: String?
    let color: String?
    let description: String?
    let isGone: Bool
}

/// The label in Plane that a `label` event is about.
struct LabelTarget: Sendable, Equatable {
    let id: UUID
    let name: String
    let color: String
    let description: String
    /// Whether we made it for this GitHub label; any other label is Plane's own.
    let isOurs: Bool
    /// Whether it stands for another GitHub label too.
    let standsForAnother: Bool
    /// Whether a Plane user attached it to an issue.
    let isUsedInPlane: Bool
}

extension GitHubLabel {
    /// Plane's column holds 255 characters.
    var planeName: String { String(name.unicodeScalars.prefix(255)) }
}
