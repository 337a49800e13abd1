import Database
import Foundation

extension IssueWrites {
    /// Soft-deletes issues with everything that hangs on them, as Plane's own deletion does: by the foreign keys of its
    /// tables, whatever they cascade to.
    ///
    /// Their history stays, and their numbers stay taken. Sub-issues go with them, unless GitHub shows them as issues of
    /// their own: those, and the drafts of sub-issues that people have not finished, only lose their parent. Rows are
    /// found by arrays, or a plan might read whole tables.
    ///
    /// `clock_timestamp()`, because Plane's unique index on (issue, assignee, deleted_at) meets the same pair twice when
    /// one transaction removes, adds and removes an assignee.
    static func deletionQueries(_ deleted: [DeletedIssue]) -> [Query] {
        guard !deleted.isEmpty else { return [] }
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
                select id from public.issue_comments where issue_id = any(array(select id from gone))
            ), issue_assignees as (
                update public.issue_assignees set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_labels as (
                update public.issue_labels set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_links as (
                update public.issue_links set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_subscribers as (
                update public.issue_subscribers set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_mentions as (
                update public.issue_mentions set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_reactions as (
                update public.issue_reactions set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_votes as (
                update public.issue_votes set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_attachments as (
                update public.issue_attachments set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_versions as (
                update public.issue_versions set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), issue_description_versions as (
                update public.issue_description_versions set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), cycle_issues as (
                update public.cycle_issues set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), module_issues as (
                update public.module_issues set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), intake_issues as (
                update public.intake_issues set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), github_issue_syncs as (
                update public.github_issue_syncs set deleted_at = clock_timestamp(), updated_at = now()
                where issue_id = any(array(select id from gone)) and deleted_at is null
            ), relations as (
                update public.issue_relations set deleted_at = clock_timestamp(), updated_at = now()
                where (
                    issue_id = any(array(select id from gone)) or related_issue_id = any(array(select id from gone))
                ) and deleted_at is null
            ), blockers as (
                update public.issue_blockers set deleted_at = clock_timestamp(), updated_at = now()
                where (
                    block_id = any(array(select id from gone)) or blocked_by_id = any(array(select id from gone))
                ) and deleted_at is null
            ), issue_comments as (
                update public.issue_comments set deleted_at = clock_timestamp(), updated_at = now()
                where id = any(array(select id from comments)) and deleted_at is null
            ), comment_reactions as (
                update public.comment_reactions set deleted_at = clock_timestamp(), updated_at = now()
                where comment_id = any(array(select id from comments)) and deleted_at is null
            ), github_comment_syncs as (
                update public.github_comment_syncs set deleted_at = clock_timestamp(), updated_at = now()
                where comment_id = any(array(select id from comments)) and deleted_at is null
            ), file_assets as (
                update public.file_assets set deleted_at = clock_timestamp(), updated_at = now()
                where (
                    issue_id = any(array(select id from gone)) or comment_id = any(array(select id from comments))
                ) and deleted_at is null
            ), numbers as (
                update public.issue_sequences set issue_id = null where issue_id = any(array(select id from gone))
            ), duplicates as (
                update public.intake_issues set duplicate_to_id = null, updated_at = now()
                where duplicate_to_id = any(array(select id from gone))
                    and issue_id <> all(array(select id from gone))
            ), drafts as (
                update public.draft_issues set parent_id = null, updated_at = now()
                where parent_id = any(array(select id from gone))
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
