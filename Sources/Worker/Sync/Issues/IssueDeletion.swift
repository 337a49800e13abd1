import Database
import Foundation

extension IssueWrites {
    /// The tables whose rows go with their issue, because Plane's foreign keys cascade to them.
    private static let ofIssues = [
        "issue_assignees", "issue_labels", "issue_links", "issue_subscribers", "issue_mentions", "issue_reactions",
        "issue_votes", "issue_attachments", "issue_versions", "issue_description_versions", "cycle_issues",
        "module_issues", "intake_issues", "github_issue_syncs",
    ]

    /// Soft-deletes issues and everything that Plane's foreign keys cascade to, as Plane's own deletion does.
    ///
    /// Their activities stay, and their numbers stay taken. Sub-issues are deleted too, unless GitHub shows them as
    /// issues of their own. Those only lose their parent, and so do the drafts of sub-issues that people have not
    /// finished. Rows are found by arrays, because the plan of a join might read whole tables.
    static func deletionQueries(_ deleted: [DeletedIssue]) -> [Query] {
        guard !deleted.isEmpty else { return [] }
        let (issues, comments): (Query, Query) = (
            "any(array(select id from gone))", "any(array(select id from comments))"
        )
        let children =
            ofIssues.map { softDeletion(of: $0, where: "issue_id = \(issues)") } + [
                softDeletion(of: "issue_relations", where: "(issue_id = \(issues) or related_issue_id = \(issues))"),
                softDeletion(of: "issue_blockers", where: "(block_id = \(issues) or blocked_by_id = \(issues))"),
                softDeletion(of: "issue_comments", where: "id = \(comments)"),
                softDeletion(of: "comment_reactions", where: "comment_id = \(comments)"),
                softDeletion(of: "github_comment_syncs", where: "comment_id = \(comments)"),
                softDeletion(of: "file_assets", where: "(issue_id = \(issues) or comment_id = \(comments))"),
            ]
        return [
            """
            with recursive gone (id, editor) as (
                select * from unnest(\(deleted.map(\.id)), \(deleted.map(\.editor))) as d (id, editor)
                union
                select i.id, g.editor
                from gone as g
                inner join public.issues as i on i.parent_id = g.id and i.deleted_at is null
                where not exists (
                    select from public.github_issue_syncs as s where s.issue_id = i.id and s.deleted_at is null
                )
            ), comments as materialized (
                select id from public.issue_comments where issue_id = \(issues)
            ), \(children.joined(separator: ", ")), numbers as (
                update public.issue_sequences set issue_id = null where issue_id = \(issues)
            ), duplicates as (
                update public.intake_issues set duplicate_to_id = null, updated_at = now()
                where duplicate_to_id = \(issues) and issue_id <> all(array(select id from gone))
            ), drafts as (
                update public.draft_issues set parent_id = null, updated_at = now()
                where parent_id = \(issues)
            ), parted as (
                update public.issues as i set parent_id = null, updated_at = now(), updated_by_id = g.editor
                from gone as g
                where i.parent_id = g.id and i.id <> all(array(select id from gone)) and i.deleted_at is null
            )
            update public.issues as i
            set deleted_at = clock_timestamp(), updated_at = now(), updated_by_id = g.editor
            from gone as g
            where i.id = g.id and i.deleted_at is null
            """
        ]
    }
}

/// A part of a `with` clause that soft-deletes rows of one of Plane's tables.
///
/// It uses `clock_timestamp()`, because a transaction may remove, add and remove the same assignee: with `now()` both
/// rows would be equal in Plane's unique index on (issue, assignee, deleted_at).
func softDeletion(of table: String, where condition: Query) -> Query {
    """
    \(identifier: table) as (
        update \(identifier: "public", table) set deleted_at = clock_timestamp(), updated_at = now()
        where \(condition) and deleted_at is null
    )
    """
}
