import Foundation
import Shared

/// The newest snapshot of each object among some sightings; a tombstone beats every snapshot.
struct Newest: Sendable, Equatable {
    private(set) var issues: [GitHubKey: Observation] = [:]
    private(set) var comments: [GitHubKey: Observation] = [:]
    private(set) var pulls: [GitHubKey: PullObservation] = [:]
    private(set) var labels: [GitHubKey: LabelObservation] = [:]
    private(set) var repositories: [Int64: RepositoryObservation] = [:]

    /// Reduces the part of a batch whose deliveries count.
    init(_ batch: SyncBatch, where counts: (Origin) -> Bool = { _ in true }) {
        for seen in batch.observations where counts(seen.origin) {
            add(seen)
            if seen.comment != nil { addComment(seen) }
        }
        for seen in batch.pulls where counts(seen.origin) {
            if let other = pulls[seen.key], other.version > seen.version { continue }
            pulls[seen.key] = seen
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

    private mutating func add(_ seen: Observation) {
        guard let other = issues[seen.issueKey] else { return issues[seen.issueKey] = seen }
        let wins = seen.issueIsGone == other.issueIsGone ? other.issueVersion < seen.issueVersion : seen.issueIsGone
        if wins { issues[seen.issueKey] = seen }
    }

    private mutating func addComment(_ seen: Observation) {
        guard let key = seen.commentKey, let version = seen.commentVersion, let comment = seen.comment else { return }
        guard let other = comments[key], let otherVersion = other.commentVersion else { return comments[key] = seen }
        let otherIsGone = other.comment?.isGone == true
        let wins = comment.isGone == otherIsGone ? otherVersion < version : comment.isGone
        if wins { comments[key] = seen }
    }
}

extension LabelObservation {
    fileprivate func isNewer(than other: LabelObservation) -> Bool {
        isGone == other.isGone ? other.origin.eventID < origin.eventID : isGone
    }
}

extension RepositoryObservation {
    /// An event without a time is taken for older than any with one.
    var version: ObjectVersion {
        ObjectVersion(updatedAt: updatedAt ?? Timestamp(microseconds: 0), eventID: origin.eventID)
    }
}
