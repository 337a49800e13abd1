import Base
import Database
import Foundation

/// A comment, with the version that was last applied and its row in Plane.
struct CommentRecord: Sendable {
    struct Applied: Sendable, Equatable {
        let version: ObjectVersion
        let text: TextAgreement
    }

    struct PlaneComment: Sendable, Equatable {
        let rowVersion: RowVersion
        let html: String
        /// The author that Plane shows.
        let authorID: UUID?
        let editedAt: Timestamp?
        let isDeleted: Bool
        /// Whether it was written in Plane.
        let isNative: Bool
    }

    let id: UUID
    let applied: Applied?
    /// What was sent to create a comment that was written in Plane.
    let sent: [TextAgreement.Pair]
    let history: SecondHistory
    let hasTombstone: Bool
    let plane: PlaneComment?
}

extension CommentRecord {
    static func read(_ batch: SyncBatch) -> Read<[PlaneKey: CommentRecord]> {
        Read(
            """
            select
                v.repository_sync_id, v.github_comment_id, v.comment_id, v.github_updated_at, v.event_id,
                v.deleted_at is not null as has_tombstone, v.body_hash, v.plane_text_hash, v.recent,
                case
                    when v.github_updated_at is null or v.intended_at > now() - interval '10 minutes' then v.intents
                end as intents,
                c.comment_html, c.actor_id, c.edited_at, \(RowVersion.column(of: "c")),
                c.deleted_at is not null as is_deleted,
                c.external_source is distinct from 'github' as is_native
            from \(VersionTable.objects(batch.commentKeys))
            inner join github_sync.github_comment_versions as v
                -- Not an equality, for the same reason as in `KnownIssues.anyIssue`.
                on v.repository_sync_id is not distinct from f.repository_sync_id and v.github_comment_id = o.github_id
            left join public.issue_comments as c on c.id = v.comment_id
            """
        ) { rows in
            try rows.reduce(into: [:]) { records, row in
                records[try PlaneKey(row, githubID: "github_comment_id")] = try CommentRecord(row: row)
            }
        }
    }
}

extension CommentRecord: RowDecodable {
    init(row: Row) throws {
        id = try row.get("comment_id")
        hasTombstone = try row.get("has_tombstone")
        let sent: [TextAgreement.Pair] = try row.getJSONIfPresent("intents") ?? []
        self.sent = sent
        applied = try ObjectVersion(ifAppliedIn: row).map { version in
            Applied(version: version, text: try TextAgreement(row: row, intents: sent))
        }
        history = SecondHistory(try row.getIfPresent("recent"), of: applied?.version)
        plane = try row.getIfPresent("comment_html", as: String.self).map { html in
            PlaneComment(
                rowVersion: try row.get("row_version"),
                html: html,
                authorID: try row.getIfPresent("actor_id"),
                editedAt: try row.getIfPresent("edited_at"),
                isDeleted: try row.get("is_deleted"),
                isNative: try row.get("is_native")
            )
        }
    }
}
