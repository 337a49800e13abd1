import Database
import Foundation
import GitHub

/// What is known of the labels that a batch may need.
struct KnownLabels: Sendable {
    /// Of each project.
    var projects: [UUID: ProjectLabels] = [:]
    var versions: [PlaneKey: LabelVersion] = [:]
    /// Those that `label` events of the batch are about.
    var targets: [PlaneKey: LabelTarget] = [:]
}

/// A project's labels that the batch may need.
struct ProjectLabels: Sendable {
    struct Label: Sendable, Equatable {
        let id: UUID
        let name: String
    }

    private(set) var byID: [UUID: Label] = [:]
    /// By GitHub's id, for labels we made: one that was renamed in Plane is still the same label.
    private(set) var byGitHubID: [Int64: Label] = [:]
    /// By the bytes of the name, as PostgreSQL compares them.
    private var byBytes: [Bytes: Label] = [:]
    private var byName: [LabelName: Label] = [:]

    /// Labels have to come oldest first.
    mutating func add(_ label: Label, githubID: Int64?) {
        byID[label.id] = label
        byBytes[Bytes(Array(label.name.utf8))] = label
        if byName[LabelName(label.name)] == nil { byName[LabelName(label.name)] = label }
        if let githubID { byGitHubID[githubID] = label }
    }

    /// The label of exactly this name, else the oldest one whose name differs in case only: GitHub knows no two such,
    /// and Plane's interface refuses to edit either of them.
    func named(_ name: String) -> Label? { byBytes[Bytes(Array(name.utf8))] ?? byName[LabelName(name)] }

    /// A label that keeps another one from taking this name.
    func other(than id: UUID, named name: String) -> Label? {
        let name = LabelName(name)
        return byID.values.filter { $0.id != id && LabelName($0.name) == name }.min { $0.name < $1.name }
    }
}

/// A label of a repository, as its `label` events and its issues last showed it to one project.
struct LabelVersion: Sendable, Equatable {
    /// Plane's label that stands for it; nil as long as none does.
    let labelID: UUID?
    /// The last `label` event; nil when it is known from issues only.
    let eventID: UUID?
    let name: String?
    let color: String?
    let description: String?
    let isGone: Bool
}

/// Plane's label that a `label` event is about.
struct LabelTarget: Sendable, Equatable {
    let id: UUID
    let name: String
    let color: String
    let description: String
    /// We made it for this GitHub label; any other is Plane's own.
    let isOurs: Bool
    /// Another repository's label goes by it too.
    let standsForAnother: Bool
    /// A Plane user attached it somewhere.
    let isUsedInPlane: Bool
}

extension GitHubLabel {
    /// Plane's column holds 255 characters.
    var planeName: String { String(name.unicodeScalars.prefix(255)) }
}
