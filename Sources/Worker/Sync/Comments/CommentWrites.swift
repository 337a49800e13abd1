import Base
import Database
import Foundation

/// The changes that a batch makes to comments.
struct CommentWrites: ObjectWrites {
    var created: [NewComment] = []
    var linked: [LinkedComment] = []
    var edited: [CommentEdit] = []
    var deleted: [DeletedComment] = []
    var versions: [CommentVersion] = []

    func queries(_ histories: [PlaneKey: SecondHistory]) -> [Query] {
        Self.creationQueries(created) + Self.linkQueries(created.map(LinkedComment.init) + linked)
            + Self.editQueries(edited) + Self.deletionQueries(deleted)
            + VersionTable.comments.historyQueries(histories, without: versions.map(\.key))
            + Self.versionQueries(versions, histories)
    }
}

struct NewComment: Sendable, Equatable {
    let id: UUID
    let issueID: UUID
    let place: Place
    let repositorySyncID: UUID
    let text: RichText
    let actor: UUID
    let bot: UUID
    let createdAt: Timestamp
    let editedAt: Timestamp?
    let githubID: Int64
}

/// A comment in Plane whose counterpart on GitHub is known for the first time.
struct LinkedComment: Sendable, Equatable {
    let id: UUID
    let issueID: UUID
    let place: Place
    let repositorySyncID: UUID
    let bot: UUID
    let githubID: Int64
}

extension LinkedComment {
    fileprivate init(_ new: NewComment) {
        self.init(
            id: new.id,
            issueID: new.issueID,
            place: new.place,
            repositorySyncID: new.repositorySyncID,
            bot: new.bot,
            githubID: new.githubID
        )
    }
}

struct CommentEdit: Sendable, Equatable {
    let id: UUID
    let editor: UUID
    /// The Plane user who turned out to have written the comment; nil when the author stays.
    let author: UUID?
    /// Nil when the text stays as it is.
    let text: RichText?
    /// The row for which the edit was worked out.
    let row: RowVersion
    let editedAt: Timestamp?
}

struct DeletedComment: Sendable, Equatable {
    let id: UUID
    let editor: UUID
}

struct CommentVersion: Sendable, Equatable {
    let key: PlaneKey
    let version: ObjectVersion
    let isGone: Bool
    let text: TextAgreement
}

extension CommentWrites {
    /// Creates comments, each with the description row that Plane keeps beside it.
    private static func creationQueries(_ new: [NewComment]) -> [Query] {
        guard !new.isEmpty else { return [] }
        let new = new.sorted { $0.githubID < $1.githubID }
        return [
            """
            with new as (
                select *, github_sync.plane_id(sync_id, 'description', github_id) as description_id
                from unnest(
                    \(new.map(\.id)), \(new.map(\.issueID)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID)),
                    \(new.map(\.repositorySyncID)), \(new.map(\.text.html)), \(new.map(\.text.stripped)),
                    \(new.map(\.actor)), \(new.map(\.createdAt)), \(new.map(\.editedAt)), \(new.map(\.githubID))
                ) as n (
                    id, issue_id, project_id, workspace_id, sync_id, html, stripped, actor, created_at, edited_at,
                    github_id
                )
            ), described as (
                insert into public.descriptions (
                    id, created_at, updated_at, created_by_id, description_html, description_stripped,
                    description_json, project_id, workspace_id
                )
                select description_id, created_at, now(), actor, html, stripped, '{}', project_id, workspace_id
                from new
                on conflict (id) do nothing
            )
            insert into public.issue_comments (
                id, created_at, updated_at, created_by_id, actor_id, issue_id, comment_html, comment_stripped,
                comment_json, attachments, access, description_id, edited_at, external_source, external_id,
                project_id, workspace_id
            )
            select
                id, created_at, now(), actor, actor, issue_id, html, stripped,
                '{}', '{}', 'INTERNAL', description_id, edited_at, 'github', github_id::text,
                project_id, workspace_id
            from new
            on conflict (id) do nothing
            """
        ]
    }

    /// Inserts the sync rows of comments with a counterpart.
    private static func linkQueries(_ new: [LinkedComment]) -> [Query] {
        guard !new.isEmpty else { return [] }
        let new = new.sorted { $0.githubID < $1.githubID }
        return [
            """
            insert into public.github_comment_syncs (
                id, created_at, updated_at, created_by_id, repo_comment_id, comment_id, issue_sync_id, project_id,
                workspace_id
            )
            select n.id, now(), now(), n.bot, n.github_id, n.id, g.id, n.project_id, n.workspace_id
            from unnest(
                \(new.map(\.id)), \(new.map(\.issueID)), \(new.map(\.place.projectID)), \(new.map(\.place.workspaceID)),
                \(new.map(\.repositorySyncID)), \(new.map(\.bot)), \(new.map(\.githubID))
            ) as n (id, issue_id, project_id, workspace_id, sync_id, bot, github_id)
            inner join public.github_issue_syncs as g
                -- Not an equality, which would let a plan made for small tables read all issues of the repository.
                on g.issue_id = n.issue_id and g.repository_sync_id is not distinct from n.sync_id
                    and g.deleted_at is null
            on conflict do nothing
            """
        ]
    }

    /// Edits comments, and the description rows that repeat their texts; fails as edits of issues do.
    private static func editQueries(_ edits: [CommentEdit]) -> [Query] {
        guard !edits.isEmpty else { return [] }
        let edits = edits.sorted { $0.id < $1.id }
        return [
            """
            with edited as (
                update public.issue_comments as c
                set comment_html = coalesce(e.html, c.comment_html),
                    comment_stripped = coalesce(e.stripped, c.comment_stripped),
                    comment_json = case when e.html is null then c.comment_json else '{}' end,
                    actor_id = coalesce(e.author, c.actor_id),
                    created_by_id = coalesce(e.author, c.created_by_id),
                    edited_at = e.edited_at,
                    updated_at = now(),
                    updated_by_id = e.editor
                from unnest(
                    \(edits.map(\.id)), \(edits.map(\.editor)), \(edits.map(\.author)), \(edits.map(\.text?.html)),
                    \(edits.map(\.text?.stripped)), \(edits.map(\.editedAt)), \(edits.map(\.row))
                ) as e (id, editor, author, html, stripped, edited_at, row_version)
                where c.id = e.id and \(RowVersion.isCurrent("c", for: "e"))
                returning c.description_id, e.editor, e.author, e.html, e.stripped, e.row_version
            ), described as (
                update public.descriptions as d
                set description_html = coalesce(e.html, d.description_html),
                    description_stripped = coalesce(e.stripped, d.description_stripped),
                    description_json = case when e.html is null then d.description_json else '{}' end,
                    description_binary = case when e.html is null then d.description_binary end,
                    created_by_id = coalesce(e.author, d.created_by_id), updated_at = now(), updated_by_id = e.editor
                from edited as e
                where d.id = e.description_id and (e.html is not null or e.author is not null)
            )
            \(RowVersion.require(edits.count, editedIn: "edited"))
            """
        ]
    }

    /// Soft-deletes comments with all that belongs to them, as Plane does.
    ///
    /// These are the replies that people wrote in Plane, and the reactions and files of the comments and the replies.
    private static func deletionQueries(_ deleted: [DeletedComment]) -> [Query] {
        guard !deleted.isEmpty else { return [] }
        let children = ["comment_reactions", "file_assets", "github_comment_syncs"].map {
            softDeletion(of: $0, where: "comment_id = any(array(select id from gone))")
        }
        return [
            """
            with recursive gone (id, editor) as (
                select * from unnest(\(deleted.map(\.id)), \(deleted.map(\.editor))) as d (id, editor)
                union
                select c.id, g.editor
                from gone as g
                inner join public.issue_comments as c on c.parent_id = g.id and c.deleted_at is null
            ), \(children.joined(separator: ", "))
            update public.issue_comments as c
            set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = g.editor
            from gone as g
            where c.id = g.id and c.deleted_at is null
            """
        ]
    }

    private static func versionQueries(
        _ versions: [CommentVersion],
        _ histories: [PlaneKey: SecondHistory]
    ) -> [Query] {
        guard !versions.isEmpty else { return [] }
        return [
            """
            update github_sync.github_comment_versions as v
            set github_updated_at = n.updated_at,
                event_id = n.event_id,
                deleted_at = case when n.is_gone then now() end,
                body_hash = n.body_hash,
                plane_text_hash = nullif(n.plane_text_hash, ''),
                intents = n.intents::jsonb,
                recent = n.recent
            from unnest(
                \(versions.map(\.key.repositorySyncID)), \(versions.map(\.key.githubID)),
                \(versions.map(\.version.updatedAt)), \(versions.map(\.version.eventID)), \(versions.map(\.isGone)),
                \(versions.map(\.text.agreed.github)), \(versions.map(\.text.agreed.plane)),
                \(versions.map(\.text.document)), \(versions.map { histories[$0.key]?.encoded })
            ) as n (
                sync_id, github_id, updated_at, event_id, is_gone, body_hash, plane_text_hash, intents, recent
            )
            where v.repository_sync_id = n.sync_id and v.github_comment_id = n.github_id
            """
        ]
    }
}
