import Base
import Foundation
import GitHub

/// The newest delivery that a batch has for one object, compared with the deliveries that were processed before.
struct NewestSnapshot<Content: Sendable & Equatable>: Sendable, Equatable {
    /// The delivery that shows the object as it is now, or else the newest one of the batch, which is not applied then.
    let snapshot: Content
    /// Whether the snapshot is newer than the version that was last applied, and so has to be applied.
    let isNewer: Bool
    /// The history to store for the next decision; nil when the stored one stays as it is.
    let history: SecondHistory?
}

/// The newest snapshots of the objects in a batch, as one project sees them; a tombstone beats every snapshot.
struct NewestSnapshots: Sendable, Equatable {
    private(set) var issues: [GitHubKey: NewestSnapshot<IssueSnapshot>] = [:]
    private(set) var comments: [GitHubKey: NewestSnapshot<IssueSnapshot>] = [:]
    private(set) var pulls: [GitHubKey: NewestSnapshot<PullSnapshot>] = [:]
    private(set) var labels: [GitHubKey: LabelSnapshot] = [:]
    private(set) var repositories: [Int64: RepositorySnapshot] = [:]
    /// Deliveries that show an object as it is now and are not in the batch.
    private(set) var missing: Set<UUID> = []

    /// Reduces the deliveries of a batch that `counts` accepts.
    ///
    /// `records` are the deliveries of each object that were processed before.
    init(
        _ batch: SyncBatch,
        after records: Records = Records(),
        where counts: (Origin) -> Bool = { _ in true }
    ) {
        let counted = batch.issues.filter { counts($0.origin) }
        for (key, snapshots) in Dictionary(grouping: counted, by: \.issueKey) {
            let candidates = snapshots.map {
                Candidate(snapshot: $0, version: $0.issueVersion, trace: $0.issueTrace, isGone: $0.issueIsGone)
            }
            issues[key] = latest(candidates, after: records.issues[key.id], in: batch)
        }
        for (key, snapshots) in Dictionary(grouping: counted.filter { $0.comment != nil }, by: \.commentKey) {
            let candidates = snapshots.compactMap(Candidate.init(ofComment:))
            if let key { comments[key] = latest(candidates, after: records.comments[key.id], in: batch) }
        }
        for (key, snapshots) in Dictionary(grouping: batch.pulls.filter { counts($0.origin) }, by: \.key) {
            let candidates = snapshots.map {
                Candidate(snapshot: $0, version: $0.version, trace: $0.trace, isGone: false)
            }
            pulls[key] = latest(candidates, after: records.pulls[key.id], in: batch)
        }
        for snapshot in batch.labels where counts(snapshot.origin) {
            if let other = labels[snapshot.key], !snapshot.isNewer(than: other) { continue }
            labels[snapshot.key] = snapshot
        }
        for snapshot in batch.repositories where counts(snapshot.origin) {
            let id = snapshot.origin.repository.id
            if let other = repositories[id], other.version > snapshot.version { continue }
            repositories[id] = snapshot
        }
    }

    /// The versions that were last applied of the objects of one project, by GitHub's ids.
    struct Records: Sendable {
        var issues: [Int64: Applied] = [:]
        var comments: [Int64: Applied] = [:]
        var pulls: [Int64: Applied] = [:]
    }

    /// The version that was last applied, with the history it was chosen from.
    struct Applied: Sendable, Equatable {
        let version: ObjectVersion
        let history: SecondHistory

        init(_ version: ObjectVersion, _ history: SecondHistory) {
            self.version = version
            self.history = history
        }
    }

    private mutating func latest<Content>(
        _ candidates: [Candidate<Content>],
        after applied: Applied?,
        in batch: SyncBatch
    ) -> NewestSnapshot<Content>? {
        let gone = candidates.filter(\.isGone)
        guard let newest = (gone.isEmpty ? candidates : gone).max(by: { $0.version < $1.version }) else { return nil }
        guard gone.isEmpty else { return NewestSnapshot(snapshot: newest.snapshot, isNewer: true, history: nil) }
        var history = applied?.history ?? SecondHistory()
        for candidate in candidates { history.insert(candidate.trace, at: candidate.version.updatedAt) }
        let winner = history.winner
        if winner != applied?.version {
            if let chosen = candidates.first(where: { $0.version == winner }) {
                return NewestSnapshot(snapshot: chosen.snapshot, isNewer: true, history: history)
            }
            // A delivery stays out if settings no longer accept it, or if it was recalled and its payload is gone.
            if let id = winner?.eventID, batch.snapshots[id] == nil, !batch.recalled.contains(id) { missing.insert(id) }
        }
        return NewestSnapshot(
            snapshot: newest.snapshot,
            isNewer: false,
            history: history == applied?.history ? nil : history
        )
    }
}

/// A delivery that may be the one that shows an object as it is now.
private struct Candidate<Content> {
    let snapshot: Content
    let version: ObjectVersion
    let trace: Trace
    let isGone: Bool
}

extension Candidate<IssueSnapshot> {
    fileprivate init?(ofComment snapshot: IssueSnapshot) {
        guard let comment = snapshot.comment else { return nil }
        self.init(snapshot: snapshot, version: comment.version, trace: comment.trace, isGone: comment.isGone)
    }
}
