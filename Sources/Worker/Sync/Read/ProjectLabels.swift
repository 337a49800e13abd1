import Foundation
import Shared

/// A project's labels that the batch may need.
struct ProjectLabels: Sendable {
    struct Label: Sendable, Equatable {
        let id: UUID
        let name: String
    }

    /// By the bytes of the name, as PostgreSQL compares them; Swift takes `é` and `e` with an accent for equal.
    var byName: [Bytes: Label] = [:]
    /// By GitHub's id, for labels we made: one that was renamed in Plane is still the same label.
    var byGitHubID: [Int64: Label] = [:]
    var byID: [UUID: Label] = [:]
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
    var planeNameBytes: Bytes { Bytes(Array(planeName.utf8)) }
}
