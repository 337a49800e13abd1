import Base
import Database
import Foundation
import GitHub

/// A label, as a `label` event shows it; GitHub gives labels no time, so the order of receipt decides.
final class LabelSnapshot: Snapshot {
    typealias Writes = LabelWrites

    let origin: Origin
    let label: GitHubLabel
    let isGone: Bool

    var githubID: Int64 { label.id }
    var updatedAt: Timestamp { Timestamp(microseconds: 0) }

    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) {
        guard case .label(let label) = payload.content else { return nil }
        self.origin = origin
        self.label = label
        isGone = effect == .gone
    }

    static let effects: [EventType: [String: Effect]] = [
        .label: ["created": .shown, "edited": .shown, "deleted": .gone]
    ]

    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] {
        let keys = batch[Self.self].keys
        return VersionTable.labels.insertions(keys) + VersionTable.labels.locks(keys)
    }

    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<KnownLabels> { KnownLabels.read(batch) }
}

extension SyncBatch {
    private var labels: [LabelSnapshot] { self[LabelSnapshot.self].snapshots }

    /// Every label that an issue of the batch carries, or that a `label` event of the batch is about.
    var labelKeys: [GitHubKey] {
        let carried = issues.flatMap { snapshot in
            snapshot.issue.labels.map { GitHubKey(repositoryID: snapshot.repository.id, id: $0.id) }
        }
        return Set(carried + labels.map(\.key)).sorted()
    }

    /// The names that Plane would give these labels, without regard to case.
    var labelNames: [LabelName] {
        Array(Set((issues.flatMap(\.issue.labels) + labels.map(\.label)).map { LabelName($0.planeName) }))
    }
}

extension World {
    var labels: KnownLabels {
        _read { yield self[LabelSnapshot.self] }
        set { self[LabelSnapshot.self] = newValue }
    }
}

extension Writes {
    var labels: LabelWrites {
        _read { yield self[LabelSnapshot.self] }
        nonmutating _modify { yield &self[LabelSnapshot.self] }
    }
}
