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
        let byVersion = issues.sorted { $0.issueVersion < $1.issueVersion }
        let newest = Dictionary(byVersion.map { ($0.issueKey, $0) }) { $1 }
        let comments = Dictionary(byVersion.filter { $0.comment != nil }.map { ($0.commentKey, $0) }) { $1 }
        let rewritten = Set(issues.filter(\.rewritesIssue).map(\.issueKey))
        let bodies = newest.values.filter { rewritten.contains($0.issueKey) && !$0.issueIsGone }.map {
            Renderings.Body($0.issue.body, hash: $0.bodyHash, in: $0.context)
        }
        let texts = comments.values.compactMap { snapshot in
            snapshot.comment.flatMap { view in
                view.isGone ? nil : Renderings.Body(view.comment.body, hash: view.bodyHash, in: snapshot.context)
            }
        }
        return Set(bodies + texts)
    }
}

extension IssueSnapshot {
    /// Whether the delivery opened the issue or edited its text.
    ///
    /// An edit tells the text that was there before. If it tells neither an old title nor an old text, it may have
    /// changed either.
    fileprivate var rewritesIssue: Bool {
        guard origin.event == .issues else { return false }
        let delta = origin.delta
        return origin.action == "opened"
            || (origin.action == "edited" && (delta.bodyBefore != nil || delta.titleBefore == nil))
    }
}
