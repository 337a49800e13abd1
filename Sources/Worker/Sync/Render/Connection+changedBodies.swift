import Foundation
import Shared

extension Connection {
    /// The bodies that a batch will most likely write: those of its newest snapshots, but for what was applied before.
    ///
    /// Read without a lock, in one round trip. What changes before the batch is planned, or what rules make of a body,
    /// the planner finds `Missing`.
    func changedBodies(of batch: SyncBatch) throws -> Set<Renderings.Body> {
        let newest = Newest(batch)
        let issues = newest.issues.values.map(\.seen).filter { !$0.issueIsGone }
        let comments = newest.comments.values.map(\.seen).filter { $0.comment?.isGone == false }
        guard !issues.isEmpty || !comments.isEmpty else { return [] }
        let results: [[Int64: [AppliedBody]]] = try transaction { connection in
            try connection.runAndCommit([
                "set local lock_timeout = '1s'",
                """
                select github_issue_id as github_id, github_updated_at, body_hash, deleted_at is not null as is_gone
                from github_sync.github_issue_versions
                where github_issue_id = any(\(issues.map(\.issue.id).sorted()))
                """,
                """
                select github_comment_id as github_id, github_updated_at, body_hash, deleted_at is not null as is_gone
                from github_sync.github_comment_versions
                where github_comment_id = any(\(comments.compactMap(\.comment?.comment.id).sorted()))
                """,
            ]).dropFirst().map { rows in
                try rows.reduce(into: [:]) { $0[try $1.get("github_id"), default: []].append(try AppliedBody(row: $1)) }
            }
        }
        var bodies: Set<Renderings.Body> = []
        for seen in issues where Self.mayChange(results[0][seen.issue.id], to: seen.bodyHash, at: seen.issue.updatedAt)
        {
            bodies.insert(Renderings.Body(seen.issue.body, hash: seen.bodyHash, in: seen.context))
        }
        for seen in comments {
            guard let comment = seen.comment?.comment else { continue }
            let hash = comment.bodyHash
            guard Self.mayChange(results[1][comment.id], to: hash, at: comment.updatedAt) else { continue }
            bodies.insert(Renderings.Body(comment.body, hash: hash, in: seen.context))
        }
        return bodies
    }

    /// Whether one of the projects that know the object has another body of it, and no newer one.
    private static func mayChange(_ applied: [AppliedBody]?, to hash: Bytes, at time: Timestamp) -> Bool {
        guard let applied else { return true }
        return applied.contains { known in
            !known.isGone && known.hash != hash && known.updatedAt.map { $0 <= time } ?? true
        }
    }
}

/// What was last applied of an object in one project.
private struct AppliedBody: RowDecodable {
    let hash: Bytes?
    let updatedAt: Timestamp?
    let isGone: Bool

    init(row: Row) throws {
        hash = try row.getIfPresent("body_hash")
        updatedAt = try row.getIfPresent("github_updated_at")
        isGone = try row.get("is_gone")
    }
}
