import Base
import Database
import GitHub
import Text

/// A pull request, and the issues that it closes or names.
final class PullSnapshot: Snapshot {
    typealias Writes = PullWrites

    let origin: Origin
    let pull: GitHubPullRequest
    let mentions: [IssueMention]
    let trace: Trace?

    var githubID: Int64 { pull.id }
    var updatedAt: Timestamp { pull.updatedAt }

    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) {
        guard case .pullRequest(let pull) = payload.content else { return nil }
        self.origin = origin
        self.pull = pull
        mentions = IssueMention.all(title: pull.title, body: pull.body, branch: pull.branch, in: origin.repository)
        trace = Trace(of: pull, in: origin)
    }

    /// No action is left out: each payload shows the whole pull request, and any of them may be the first to arrive.
    static let effects: [EventType: [String: Effect]] = [
        .pullRequest: Dictionary(
            uniqueKeysWithValues: [
                "opened", "edited", "closed", "reopened", "converted_to_draft", "ready_for_review", "synchronize",
                "assigned", "unassigned", "labeled", "unlabeled", "milestoned", "demilestoned", "locked", "unlocked",
                "review_requested", "review_request_removed", "enqueued", "dequeued", "auto_merge_enabled",
                "auto_merge_disabled",
            ].map { ($0, .shown) }
        )
    ]

    /// Pull requests are locked before all else, by `PullTargets`, because the issues that they name have to be found
    /// under that lock.
    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] { [] }

    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<LinkedPulls> {
        LinkedPulls.read(batch, targets)
    }

    func applied(as key: PlaneKey, in world: World) -> AppliedVersion? {
        world.pulls.stored[key].map { AppliedVersion(version: $0.version, history: $0.history) }
    }
}

extension SyncBatch {
    var pulls: [PullSnapshot] { self[PullSnapshot.self].snapshots }
    var pullKeys: [GitHubKey] { self[PullSnapshot.self].keys }
}

extension World {
    var pulls: LinkedPulls { _read { yield self[PullSnapshot.self] } }
}

extension Writes {
    var pulls: PullWrites {
        _read { yield self[PullSnapshot.self] }
        nonmutating _modify { yield &self[PullSnapshot.self] }
    }
}
