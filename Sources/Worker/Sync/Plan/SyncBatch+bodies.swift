import Base
import Foundation
import GitHub

extension SyncBatch {
    /// The bodies that the batch will most likely write, to be rendered before the transaction.
    ///
    /// These are the newest body of each comment, and of each issue that a delivery opened or gave another text. Only
    /// the deliveries are looked at, because a look into the database would cost each batch a round trip. The planner
    /// reports other bodies as `Missing`, such as the text of an issue that a comment shows first, or a text made by
    /// rules.
    package var likelyBodies: Set<Renderings.Body> {
        let rewritten = Set(issues.filter(\.rewritesIssue).map(\.key))
        let bodies = Self.newest(issues).filter { rewritten.contains($0.key) && !$0.isGone }.map {
            Renderings.Body($0.issue.body, hash: $0.bodyHash, in: $0.context)
        }
        let texts = Self.newest(comments).filter { !$0.isGone }.map {
            Renderings.Body($0.comment.body, hash: $0.bodyHash, in: $0.context)
        }
        return Set(bodies + texts)
    }

    /// The newest snapshot of each object, as far as the deliveries alone tell.
    private static func newest<Shown: Snapshot>(_ snapshots: [Shown]) -> [Shown] {
        let byKey = Dictionary(snapshots.map { ($0.key, $0) }) { $0.version < $1.version ? $1 : $0 }
        return Array(byKey.values)
    }
}

extension IssueSnapshot {
    /// Whether the delivery opened the issue or edited its text; what was read from GitHub may be new here.
    ///
    /// An edit tells the text that was there before. If it tells neither an old title nor an old text, it may have
    /// changed either.
    fileprivate var rewritesIssue: Bool {
        guard origin.event == .issues, origin.readAt == nil else { return origin.readAt != nil }
        let delta = origin.delta
        return origin.action == "opened"
            || (origin.action == "edited" && (delta.bodyBefore != nil || delta.titleBefore == nil))
    }
}
