import Database
import Foundation
import GitHub

/// What the deliveries of a claim show, sorted by kind.
package struct SyncBatch: Sendable, Equatable {
    package let origins: [Origin]
    /// Deliveries worked on before, asked for because they decide now: what can be had of them is in here too.
    let recalled: Set<UUID>
    /// How often some were asked for.
    let recalls: Int
    /// By the event that showed it.
    let snapshots: [UUID: Snapshot]
    /// Of payloads that `jsonb` would not take, a text that it takes.
    let cleaned: [UUID: JSONText]
    package let issues: [IssueSnapshot]
    let pulls: [PullSnapshot]
    let labels: [LabelSnapshot]
    let repositories: [RepositorySnapshot]

    // Each once and in order: the order in which every worker locks, so that deadlocks stay rare.
    let issueKeys: [GitHubKey]
    /// By GitHub's numbers.
    let issueNumbers: [GitHubKey]
    let commentKeys: [GitHubKey]
    let pullKeys: [GitHubKey]
    /// Every label that an issue of the batch carries, or that the batch is about.
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
        issues = snapshots.compactMap { if case .issue(let seen) = $0 { seen } else { nil } }
        pulls = snapshots.compactMap { if case .pull(let seen) = $0 { seen } else { nil } }
        labels = snapshots.compactMap { if case .label(let seen) = $0 { seen } else { nil } }
        repositories = snapshots.compactMap { if case .repository(let seen) = $0 { seen } else { nil } }

        issueKeys = Set(issues.map(\.issueKey)).sorted()
        issueNumbers = Set(issues.map { GitHubKey(repositoryID: $0.repository.id, id: $0.issue.number) }).sorted()
        commentKeys = Set(issues.compactMap(\.commentKey)).sorted()
        pullKeys = Set(pulls.map(\.key)).sorted()
        let carried = issues.flatMap { seen in
            seen.issue.labels.map { GitHubKey(repositoryID: seen.repository.id, id: $0.id) }
        }
        labelKeys = Set(carried + labels.map(\.key)).sorted()
        repositoryIDs = Set(origins.map(\.repository.id)).sorted()
    }

    /// The deliveries that get a result.
    var claimed: [Origin] { recalled.isEmpty ? origins : origins.filter { !recalled.contains($0.eventID) } }

    /// The hash of each issue's Markdown; nil where its deliveries differ in it.
    var issueBodies: [GitHubKey: Bytes?] {
        issues.reduce(into: [:]) { bodies, seen in
            let known = bodies[seen.issueKey]
            bodies[seen.issueKey] = .some(known == nil || known == seen.bodyHash ? seen.bodyHash : nil)
        }
    }

    /// As Plane would name the labels, without regard to case.
    var labelNames: [LabelName] {
        Array(Set((issues.flatMap(\.issue.labels) + labels.map(\.label)).map { LabelName($0.planeName) }))
    }

    /// Everybody whose Plane user the rules may ask for.
    var userIDs: [Int64] {
        var ids: Set<Int64> = []
        for origin in origins { if let sender = origin.sender { ids.insert(sender.id) } }
        for seen in issues {
            if let author = seen.issue.author { ids.insert(author.id) }
            if let author = seen.comment?.comment.author { ids.insert(author.id) }
            ids.formUnion(seen.issue.assignees.map(\.id))
        }
        return ids.sorted()
    }
}
