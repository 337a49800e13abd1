import Foundation
import Shared

/// The observations of a claim, reduced to the newest snapshot of each object.
struct SyncBatch: Sendable, Equatable {
    let observations: [Observation]
    /// The observation that wins for each issue; a tombstone beats every snapshot.
    let issues: [GitHubKey: Observation]
    let comments: [GitHubKey: Observation]

    init(_ observations: [Observation]) {
        self.observations = observations
        issues = observations.reduce(into: [:]) { newest, seen in
            guard let other = newest[seen.issueKey] else { return newest[seen.issueKey] = seen }
            let wins =
                seen.issueIsGone == other.issueIsGone
                ? other.issueVersion < seen.issueVersion : seen.issueIsGone
            if wins { newest[seen.issueKey] = seen }
        }
        comments = observations.reduce(into: [:]) { newest, seen in
            guard let key = seen.commentKey, let version = seen.commentVersion, let comment = seen.comment else {
                return
            }
            guard let other = newest[key], let otherVersion = other.commentVersion else { return newest[key] = seen }
            let otherIsGone = other.comment?.isGone == true
            let wins = comment.isGone == otherIsGone ? otherVersion < version : comment.isGone
            if wins { newest[key] = seen }
        }
    }

    /// In key order, the order in which every worker locks, so that deadlocks stay rare.
    var issueKeys: [GitHubKey] { issues.keys.sorted() }
    var commentKeys: [GitHubKey] { comments.keys.sorted() }
    var repositoryIDs: [Int64] { Set(observations.map(\.repository.id)).sorted() }

    /// Everybody whose Plane user the rules may ask for.
    var userIDs: [Int64] {
        var ids: Set<Int64> = []
        for seen in observations {
            if let sender = seen.sender { ids.insert(sender.id) }
            if let author = seen.issue.author { ids.insert(author.id) }
            if let author = seen.comment?.comment.author { ids.insert(author.id) }
            ids.formUnion(seen.issue.assignees.map(\.id))
        }
        return ids.sorted()
    }

    /// The labels of the winning snapshots.
    var labels: [GitHubLabel] {
        issues.values.flatMap(\.issue.labels)
    }
}
