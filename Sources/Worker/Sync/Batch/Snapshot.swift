import Base
import Foundation
import GitHub

/// The delivery that a snapshot comes from.
package struct Origin: Sendable, Equatable {
    let eventID: UUID
    let event: EventType
    let action: String
    let repository: GitHubRepository
    let sender: GitHubUser?
    var delta = PayloadDelta()
}

/// How a delivery shows an object on GitHub.
enum Snapshot: Sendable, Equatable {
    case issue(IssueSnapshot)
    case pull(PullSnapshot)
    case label(LabelSnapshot)
    case repository(RepositorySnapshot)

    var origin: Origin {
        switch self {
        case .issue(let snapshot): snapshot.origin
        case .pull(let snapshot): snapshot.origin
        case .label(let snapshot): snapshot.origin
        case .repository(let snapshot): snapshot.origin
        }
    }
}

/// An object on GitHub, by its kind, as one connection sees it.
enum SyncedObject: Sendable, Hashable {
    case issue(PlaneKey)
    case comment(PlaneKey)
    case pull(PlaneKey)
    case label(PlaneKey)
    /// By the id of the connection.
    case repository(UUID)
}

extension Snapshot {
    /// The objects that the snapshot shows, as one connection sees them.
    func objects(in repositorySyncID: UUID) -> [SyncedObject] {
        func key(_ githubID: Int64) -> PlaneKey { PlaneKey(repositorySyncID: repositorySyncID, githubID: githubID) }
        return switch self {
        case .issue(let snapshot):
            [.issue(key(snapshot.issue.id))] + (snapshot.comment.map { [.comment(key($0.comment.id))] } ?? [])
        case .pull(let snapshot): [.pull(key(snapshot.pull.id))]
        case .label(let snapshot): [.label(key(snapshot.label.id))]
        case .repository: [.repository(repositorySyncID)]
        }
    }
}
