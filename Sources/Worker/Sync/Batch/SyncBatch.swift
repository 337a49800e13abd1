import Database
import Foundation
import GitHub

/// The deliveries of a claim that are to be synced, by kind.
package struct SyncBatch: Sendable, Equatable {
    package let origins: [Origin]
    /// Deliveries that were processed before and were asked for because they decide now.
    ///
    /// Those that could still be read are part of the batch.
    let recalled: Set<UUID>
    /// How often such deliveries were asked for.
    let recalls: Int
    /// By the id of the event.
    let snapshots: [UUID: Snapshot]
    /// For each payload that `jsonb` refuses, a text that it accepts.
    let cleaned: [UUID: JSONText]
    package let issues: [IssueSnapshot]
    let pulls: [PullSnapshot]
    let labels: [LabelSnapshot]
    let repositories: [RepositorySnapshot]

    // Each key once and in order: every worker locks in this order, so that deadlocks stay rare.
    let issueKeys: [GitHubKey]
    /// By GitHub's issue numbers.
    let issueNumbers: [GitHubKey]
    let commentKeys: [GitHubKey]
    let pullKeys: [GitHubKey]
    /// Every label that an issue of the batch carries, or that a `label` event of the batch is about.
    let labelKeys: [GitHubKey]
    let repositoryIDs: [Int64]

    init(
        _ snapshots: [Snapshot],
        cleaned: [UUID: JSONText] = [:],
        recalled: Set<UUID> = [],
        recalls: Int = 0
    ) {
        self.cleaned = cleaned
        origins = snapshots.map(\.origin)
        self.recalled = recalled
        self.recalls = recalls
        self.snapshots = Dictionary(snapshots.map { ($0.origin.eventID, $0) }) { first, _ in first }
        issues = snapshots.compactMap { if case .issue(let snapshot) = $0 { snapshot } else { nil } }
        pulls = snapshots.compactMap { if case .pull(let snapshot) = $0 { snapshot } else { nil } }
        labels = snapshots.compactMap { if case .label(let snapshot) = $0 { snapshot } else { nil } }
        repositories = snapshots.compactMap { if case .repository(let snapshot) = $0 { snapshot } else { nil } }

        issueKeys = Set(issues.map(\.issueKey)).sorted()
        issueNumbers = Set(issues.map { GitHubKey(repositoryID: $0.repository.id, id: $0.issue.number) }).sorted()
        commentKeys = Set(issues.compactMap(\.commentKey)).sorted()
        pullKeys = Set(pulls.map(\.key)).sorted()
        let carried = issues.flatMap { snapshot in
            snapshot.issue.labels.map { GitHubKey(repositoryID: snapshot.repository.id, id: $0.id) }
        }
        labelKeys = Set(carried + labels.map(\.key)).sorted()
        repositoryIDs = Set(origins.map(\.repository.id)).sorted()
    }

    /// The deliveries that get a result, which are those of the claim.
    var claimed: [Origin] { recalled.isEmpty ? origins : origins.filter { !recalled.contains($0.eventID) } }

    /// The hash of each issue's Markdown; nil where the deliveries of the issue differ in it.
    var issueBodies: [GitHubKey: Bytes?] {
        issues.reduce(into: [:]) { bodies, snapshot in
            let known = bodies[snapshot.issueKey]
            bodies[snapshot.issueKey] = .some(known == nil || known == snapshot.bodyHash ? snapshot.bodyHash : nil)
        }
    }

    /// The names that Plane would give the labels, without regard to case.
    var labelNames: [LabelName] {
        Array(Set((issues.flatMap(\.issue.labels) + labels.map(\.label)).map { LabelName($0.planeName) }))
    }

    /// The GitHub users whose Plane users the rules may ask for.
    var userIDs: [Int64] {
        var ids: Set<Int64> = []
        for origin in origins { if let sender = origin.sender { ids.insert(sender.id) } }
        for snapshot in issues {
            if let author = snapshot.issue.author { ids.insert(author.id) }
            if let author = snapshot.comment?.comment.author { ids.insert(author.id) }
            ids.formUnion(snapshot.issue.assignees.map(\.id))
        }
        return ids.sorted()
    }
}
