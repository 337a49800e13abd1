import Base
import Foundation
import GitHub

extension SyncBatch {
    /// The bodies that the batch will most likely write: the newest of each object that a delivery made or gave another
    /// text.
    ///
    /// Told by the deliveries alone, because a look into the database would cost each batch a round trip. What they do not
    /// tell, such as the text of an issue that a comment shows first, or what rules make of a body, the planner finds
    /// `Missing`.
    package var likelyBodies: Set<Renderings.Body> {
        let byVersion = issues.sorted { $0.issueVersion < $1.issueVersion }
        let newest = Dictionary(byVersion.map { ($0.issueKey, $0) }) { $1 }
        let comments = Dictionary(byVersion.filter { $0.comment != nil }.map { ($0.commentKey, $0) }) { $1 }
        let rewritten = Set(issues.filter(\.rewritesIssue).map(\.issueKey))
        let bodies = newest.values.filter { rewritten.contains($0.issueKey) && !$0.issueIsGone }.map {
            Renderings.Body($0.issue.body, hash: $0.bodyHash, in: $0.context)
        }
        let texts = comments.values.compactMap { seen in
            seen.comment.flatMap { view in
                view.isGone ? nil : Renderings.Body(view.comment.body, hash: view.bodyHash, in: seen.context)
            }
        }
        return Set(bodies + texts)
    }
}

extension IssueSnapshot {
    /// The first delivery of an issue, and an edit of its text, which says what was there before; one that says nothing
    /// of what was edited may be either.
    fileprivate var rewritesIssue: Bool {
        guard origin.event == .issues else { return false }
        let delta = origin.delta
        return origin.action == "opened"
            || (origin.action == "edited" && (delta.bodyBefore != nil || delta.titleBefore == nil))
    }
}
