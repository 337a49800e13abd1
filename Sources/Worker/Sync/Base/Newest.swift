import Base
import Foundation
import GitHub

/// What the deliveries of a batch come to for one object, together with those before it.
struct Latest<Seen: Sendable & Equatable>: Sendable, Equatable {
    /// The delivery of the batch that shows the object as it is now; when one of before does, the newest of the batch,
    /// which is not applied then.
    let seen: Seen
    /// Whether its snapshot is to be applied.
    let isNews: Bool
    /// What is to be kept of the deliveries for the next decision; nil when that stays as it is.
    let history: SecondHistory?
}

/// The newest snapshot of each object that a batch shows, as one project sees it; a tombstone beats every snapshot.
struct Newest: Sendable, Equatable {
    private(set) var issues: [GitHubKey: Latest<IssueSnapshot>] = [:]
    private(set) var comments: [GitHubKey: Latest<IssueSnapshot>] = [:]
    private(set) var pulls: [GitHubKey: Latest<PullSnapshot>] = [:]
    private(set) var labels: [GitHubKey: LabelSnapshot] = [:]
    private(set) var repositories: [Int64: RepositorySnapshot] = [:]
    /// Deliveries that win and are not in the batch.
    private(set) var missing: Set<UUID> = []

    /// Reduces the part of a batch whose deliveries count.
    ///
    /// `records` are the deliveries of each object that were worked on before.
    init(
        _ batch: SyncBatch,
        after records: Records = Records(),
        where counts: (Origin) -> Bool = { _ in true }
    ) {
        let counted = batch.issues.filter { counts($0.origin) }
        for (key, seen) in Dictionary(grouping: counted, by: \.issueKey) {
            let candidates = seen.map {
                Candidate(seen: $0, version: $0.issueVersion, trace: $0.issueTrace, isGone: $0.issueIsGone)
            }
            issues[key] = latest(candidates, after: records.issues[key.id], in: batch)
        }
        for (key, seen) in Dictionary(grouping: counted.filter { $0.comment != nil }, by: \.commentKey) {
            let candidates = seen.compactMap(Candidate.init(ofComment:))
            if let key { comments[key] = latest(candidates, after: records.comments[key.id], in: batch) }
        }
        for (key, seen) in Dictionary(grouping: batch.pulls.filter { counts($0.origin) }, by: \.key) {
            let candidates = seen.map { Candidate(seen: $0, version: $0.version, trace: $0.trace, isGone: false) }
            pulls[key] = latest(candidates, after: records.pulls[key.id], in: batch)
        }
        for seen in batch.labels where counts(seen.origin) {
            if let other = labels[seen.key], !seen.isNewer(than: other) { continue }
            labels[seen.key] = seen
        }
        for seen in batch.repositories where counts(seen.origin) {
            let id = seen.origin.repository.id
            if let other = repositories[id], other.version > seen.version { continue }
            repositories[id] = seen
        }
    }

    /// What is known of the objects of one project, by GitHub's ids.
    struct Records: Sendable {
        var issues: [Int64: Applied] = [:]
        var comments: [Int64: Applied] = [:]
        var pulls: [Int64: Applied] = [:]
    }

    /// The delivery that was applied, among those it was chosen from.
    struct Applied: Sendable, Equatable {
        let version: ObjectVersion
        let history: SecondHistory

        init(_ version: ObjectVersion, _ history: SecondHistory) {
            self.version = version
            self.history = history
        }
    }

    private mutating func latest<Seen>(
        _ candidates: [Candidate<Seen>],
        after applied: Applied?,
        in batch: SyncBatch
    ) -> Latest<Seen>? {
        let gone = candidates.filter(\.isGone)
        guard let newest = (gone.isEmpty ? candidates : gone).max(by: { $0.version < $1.version }) else { return nil }
        guard gone.isEmpty else { return Latest(seen: newest.seen, isNews: true, history: nil) }
        var history = applied?.history ?? SecondHistory()
        for candidate in candidates { history.insert(candidate.trace, at: candidate.version.updatedAt) }
        let winner = history.winner
        if winner != applied?.version {
            if let chosen = candidates.first(where: { $0.version == winner }) {
                return Latest(seen: chosen.seen, isNews: true, history: history)
            }
            // One that settings do not accept any more, or whose payload is gone, stays out.
            if let id = winner?.eventID, batch.snapshots[id] == nil, !batch.recalled.contains(id) { missing.insert(id) }
        }
        return Latest(seen: newest.seen, isNews: false, history: history == applied?.history ? nil : history)
    }
}

/// A delivery as a candidate for being what one object looks like.
private struct Candidate<Seen> {
    let seen: Seen
    let version: ObjectVersion
    let trace: Trace
    let isGone: Bool
}

extension Candidate<IssueSnapshot> {
    fileprivate init?(ofComment seen: IssueSnapshot) {
        guard let comment = seen.comment else { return nil }
        self.init(seen: seen, version: comment.version, trace: comment.trace, isGone: comment.isGone)
    }
}
