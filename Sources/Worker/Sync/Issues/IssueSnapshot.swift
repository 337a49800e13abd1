import Base
import Database
import Foundation
import GitHub
import Text

/// An issue, shown as a whole.
///
/// Every payload about a comment carries its whole issue. Both are taken from every delivery, so that the outcome
/// depends only on the set of deliveries.
package final class IssueSnapshot: Snapshot {
    typealias Writes = IssueWrites

    let origin: Origin
    package let issue: GitHubIssue
    /// Whether the issue was deleted or transferred away, which leaves a tombstone.
    let isGone: Bool
    /// The hash of the issue's Markdown.
    let bodyHash: Bytes
    let trace: Trace?

    var githubID: Int64 { issue.id }
    var updatedAt: Timestamp { issue.updatedAt }
    var people: [GitHubUser] { [issue.author].compactMap(\.self) + issue.assignees }

    init?(_ payload: Payload, _ effect: Effect, in origin: Origin) {
        switch payload.content {
        case .issue(let issue):
            self.issue = issue
            isGone = effect == .gone
        case .comment(_, on: let issue):
            self.issue = issue
            isGone = false
        default: return nil
        }
        self.origin = origin
        bodyHash = .hash(of: issue.body)
        trace = Trace(of: issue, bodyHash: bodyHash, in: origin)
    }

    /// The place on GitHub that links in the issue's text are relative to.
    var context: MarkdownContext { MarkdownContext(repository: repository, issueNumber: issue.number) }

    static let effects: [EventType: [String: Effect]] = [
        .issues: [
            "opened": .shown, "edited": .shown, "closed": .shown, "reopened": .shown, "assigned": .shown,
            "unassigned": .shown, "labeled": .shown, "unlabeled": .shown, "milestoned": .shown, "demilestoned": .shown,
            "typed": .shown, "untyped": .shown, "locked": .shown, "unlocked": .shown, "pinned": .shown,
            "unpinned": .shown, "field_added": .shown, "field_removed": .shown,
            "deleted": .gone, "transferred": .gone,
        ]
    ]

    /// The issues that the batch's pull requests name are locked with its own, all in one order.
    static func locks(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] {
        VersionTable.issues.adoptions(batch.issues.compactMap { MarkedObject($0.issue, in: $0.repository.id) })
            + VersionTable.issues.insertions(batch.issueKeys)
            + VersionTable.issues.locks(batch.issueKeys, others: targets.keys)
    }

    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<KnownIssues> {
        KnownIssues.read(batch, targets)
    }

    func applied(as key: PlaneKey, in world: World) -> AppliedVersion? {
        world.issues[key].flatMap { record in
            record.applied.map { AppliedVersion(version: $0.version, history: record.history) }
        }
    }
}

extension SyncBatch {
    package var issues: [IssueSnapshot] { self[IssueSnapshot.self].snapshots }

    /// The issues that the batch shows or whose comments it shows.
    var issueKeys: [GitHubKey] {
        comments.isEmpty
            ? self[IssueSnapshot.self].keys
            : Set(self[IssueSnapshot.self].keys + comments.map(\.issueKey)).sorted()
    }

    /// The same by GitHub's issue numbers.
    var issueNumbers: [GitHubKey] {
        let numbers = issues.map { GitHubKey(repositoryID: $0.repository.id, id: $0.issue.number) }
        return Set(numbers + comments.map { GitHubKey(repositoryID: $0.repository.id, id: $0.issue.number) }).sorted()
    }

    /// The hash of each issue's Markdown; nil where the deliveries of the issue differ in it.
    var issueBodies: [GitHubKey: Bytes?] {
        issues.reduce(into: [:]) { bodies, snapshot in
            let known = bodies[snapshot.key]
            bodies[snapshot.key] = .some(known == nil || known == snapshot.bodyHash ? snapshot.bodyHash : nil)
        }
    }
}

extension World {
    var issues: [PlaneKey: IssueRecord] {
        _read { yield self[IssueSnapshot.self].byKey }
        set { self[IssueSnapshot.self].byKey = newValue }
    }
}

extension Writes {
    var issues: IssueWrites {
        _read { yield self[IssueSnapshot.self] }
        nonmutating _modify { yield &self[IssueSnapshot.self] }
    }
}
