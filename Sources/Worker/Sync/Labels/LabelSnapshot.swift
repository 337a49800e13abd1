import Foundation
import GitHub

/// A label of a repository; GitHub gives it no time, so the order of receipt decides.
struct LabelSnapshot: Sendable, Equatable {
    let origin: Origin
    let label: GitHubLabel
    let isGone: Bool

    var key: GitHubKey { GitHubKey(repositoryID: origin.repository.id, id: label.id) }

    /// A deletion is the last word, whenever it arrives.
    func isNewer(than other: LabelSnapshot) -> Bool {
        isGone == other.isGone ? other.origin.eventID < origin.eventID : isGone
    }
}
