import Foundation
import GitHub

/// A label, as a `label` event shows it; GitHub gives labels no time, so the order of receipt decides.
struct LabelSnapshot: Sendable, Equatable {
    let origin: Origin
    let label: GitHubLabel
    let isGone: Bool

    var key: GitHubKey { GitHubKey(repositoryID: origin.repository.id, id: label.id) }

    /// A deletion beats every other event, whenever it arrives.
    func isNewer(than other: LabelSnapshot) -> Bool {
        isGone == other.isGone ? other.origin.eventID < origin.eventID : isGone
    }
}
