import Base
import Foundation
import GitHub

/// Which delivery something was seen in.
package struct Origin: Sendable, Equatable {
    let eventID: UUID
    let event: EventType
    let action: String
    let repository: GitHubRepository
    let sender: GitHubUser?
    var delta = PayloadDelta()
}

/// What a delivery shows of GitHub.
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

/// One object of GitHub's in one project.
enum SyncedObject: Sendable, Hashable {
    case issue(PlaneKey)
    case comment(PlaneKey)
    case pull(PlaneKey)
    case label(PlaneKey)
    /// By its repository sync.
    case repository(UUID)
}

extension Snapshot {
    /// What it shows, as the project of one connection sees it.
    func objects(in repositorySyncID: UUID) -> [SyncedObject] {
        func key(_ githubID: Int64) -> PlaneKey { PlaneKey(repositorySyncID: repositorySyncID, githubID: githubID) }
        return switch self {
        case .issue(let seen):
            [.issue(key(seen.issue.id))] + (seen.comment.map { [.comment(key($0.comment.id))] } ?? [])
        case .pull(let seen): [.pull(key(seen.pull.id))]
        case .label(let seen): [.label(key(seen.label.id))]
        case .repository: [.repository(repositorySyncID)]
        }
    }
}
