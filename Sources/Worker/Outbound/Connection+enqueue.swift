import Database
import Foundation

extension Connection {
    /// Puts those of the issues and comments into the queue that have to be compared with GitHub.
    ///
    /// Both are given as selections of ids in Plane. `syncs` are the connections that count, as an array in PostgreSQL's
    /// own form. Whether anything is sent at all is decided when an object is compared.
    ///
    /// Of the rows of an array the planner expects few, and so it looks each of them up in the indexes; of a selection by
    /// `xmin` it expects a third of the table, and would read all tables whole for three rows.
    ///
    /// What waits already waits for a pause in the changes, but not more than two minutes. What met an obstacle waits for
    /// its end. Of what Plane's webhook names, nothing more is to come.
    ///
    /// A row is found again as long as an older transaction is open, which may be hours. What was decided about an object
    /// stays until a row of it was written again, or the rules of its connection are others.
    ///
    /// Deletions wait for approval when a connection has many of them, with those that were found in the last minutes: a
    /// script that deletes one issue after the other is found in several looks. One that was judged counts from when it
    /// was found first, and one that somebody dropped stays dropped. What Plane's webhook names is not all there is, so its
    /// deletions are left to the next look at everything.
    static func enqueue(issues: Query, comments: Query, of syncs: String, woken: [UUID] = []) -> Query {
        """
        with \(active(of: "\(syncs)::uuid[]")), touched as materialized (
            select unnest(array(\(issues)))
        ), touched_comments as materialized (
            select unnest(array(\(comments)))
        ), found as (
            \(linkedIssues) union all \(newIssues) union all \(deletedIssues) union all \(changedComments)
        ), deletions as (
            select repository_sync_id, count(*) > \(Self.fewDeletions) as are_many
            from (
                select repository_sync_id, kind, plane_id from found as f
                where is_deletion and not \(isJudged("f.kind", "f.plane_id", in: "f.repository_sync_id"))
                union
                \(recentDeletions)
            ) as d
            group by repository_sync_id
        ), judged as (
            select repository_sync_id, kind, plane_id, md5(concat_ws(' ', seen, rules)) as seen,
                case when plane_id = any(\(woken)) then 1 else pause end as pause,
                case when is_deletion then case when are_many then 'wanted' else 'given' end end as approval
            from found
            inner join active using (repository_sync_id)
            left join deletions using (repository_sync_id)
            where not is_deletion or \(woken.isEmpty)
        )
        insert into github_sync.github_outbound as o (
            repository_sync_id, kind, plane_id, seen, run_at, approval, status, error_message, processed_at
        )
        select repository_sync_id, kind, plane_id, seen, now() + pause * interval '1 second', approval,
            case when approval = 'wanted' then 'failed' else 'pending' end::github_sync.event_status,
            case when approval = 'wanted' then \(deletionWords) end,
            case when approval = 'wanted' then now() end
        from judged
        on conflict (plane_id, repository_sync_id, kind) do update
        set changed_at = case when o.approval is null or excluded.approval is null then now() else o.changed_at end,
            updated_at = now(),
            seen = excluded.seen,
            approval = \(Self.approval),
            status = case
                when o.status = 'processing' then o.status
                when \(Self.approval) = 'wanted' then 'failed'
                else 'pending'
            end,
            created_at = case when o.processed_at is null then o.created_at else now() end,
            processed_at = case when \(Self.approval) = 'wanted' then now() end,
            error_message = case when \(Self.approval) = 'wanted' then excluded.error_message else o.error_message end,
            retry_count = case when o.status in ('pending', 'processing') then o.retry_count else 0 end,
            crash_count = case when o.status in ('pending', 'processing') then o.crash_count else 0 end,
            run_at = case
                when o.status in ('pending', 'processing') and o.error_message is not null then o.run_at
                -- Plane's webhook named it, which will name the next change as well; this one is known.
                when o.status = 'pending' and o.run_at <= o.changed_at + interval '1 second' and \(woken.isEmpty)
                    then o.run_at
                when o.status = 'pending' then least(excluded.run_at, o.created_at + interval '2 minutes')
                else excluded.run_at
            end
        where o.seen is distinct from excluded.seen
            and (o.status <> 'completed' or o.approval is distinct from 'wanted' or excluded.approval is null)
        returning o.id
        """
    }

    /// The connections with their rules, as the first part of a `with` clause.
    static func active(of syncs: Query) -> Query {
        """
        active as materialized (
            select f.id as repository_sync_id, f.project_id, f.actor_id,
                s.settings #>> '{outbound,issues}' as scope,
                (s.settings #>> '{outbound,issues_since}')::timestamptz as issues_since,
                coalesce(s.settings #>> '{outbound,comments}', 'off') as comments,
                (s.settings #>> '{outbound,comments_since}')::timestamptz as comments_since,
                coalesce(s.settings #>> '{outbound,create_label}', 'github') as create_label,
                coalesce(s.settings #>> '{outbound,delete}', 'leave') as deletion,
                coalesce(s.settings #> '{outbound,without}', '[]') as without,
                s.settings ->> 'outbound' as rules
            from public.github_repository_syncs as f
            inner join github_sync.github_sync_settings as s on s.repository_sync_id = f.id
            where f.id = any(\(syncs))
        )
        """
    }

    /// Deletions that a connection may have in some minutes before they wait for approval: a tenth of its issues and of
    /// its comments from Plane, but at least 5 and at most 20.
    private static let fewDeletions: Query = """
        greatest(5, (
            select count(*) from (
                select 1 from github_sync.github_issue_versions as v
                where v.repository_sync_id = d.repository_sync_id and v.deleted_at is null
                union all
                select 1 from github_sync.github_comment_versions as v
                where v.repository_sync_id = d.repository_sync_id and v.born_in_plane and v.deleted_at is null
                limit 200
            ) as linked
        ) / 10)
        """

    /// Objects that were found in the last minutes, and are deleted in Plane; not asked for where a look finds no
    /// deletion.
    private static let recentDeletions: Query = """
        select o.repository_sync_id, o.kind, o.plane_id
        from github_sync.github_outbound as o
        left join public.issues as i on o.kind = 'issue' and i.id = o.plane_id
        left join public.issue_comments as c on o.kind = 'comment' and c.id = o.plane_id
        where o.changed_at > now() - interval '10 minutes' and coalesce(i.deleted_at, c.deleted_at) is not null
            and exists (select from found where is_deletion)
        """

    /// Why one of many deletions waits.
    static let deletionWords = "one of many deletions in Plane: see plane-worker outbound approve"

    /// A deletion that waits for approval does so until somebody gives it, or the object is back; one that may go keeps
    /// that until it is sent.
    private static let approval: Query = """
        case when excluded.approval is not null then coalesce(o.approval, excluded.approval) end
        """

    /// Whether a deletion of an object was judged and has not been sent.
    private static func isJudged(_ kind: Query, _ planeID: Query, in repositorySyncID: Query) -> Query {
        """
        exists (
            select from github_sync.github_outbound as g
            where g.plane_id = \(planeID) and g.repository_sync_id = \(repositorySyncID) and g.kind = \(kind)
                and g.approval is not null
        )
        """
    }

    /// Issues on both sides that differ, or are back after they were deleted.
    ///
    /// The web app saves a text while one types, and the links to labels and people are made anew one after the other, so
    /// these wait for a pause.
    private static let linkedIssues: Query = """
        select repository_sync_id, 'issue' as kind, plane_id, seen,
            case when differs_in_text then 15 when differs_in_name or differs_in_links then 5 else 1 end as pause,
            false as is_deletion
        from (
            select a.repository_sync_id, i.id as plane_id, \(seenIssue) as seen,
                not a.without ? 'title' and substr(sha256(convert_to(i.name, 'UTF8')), 1, 16)
                    is distinct from coalesce(v.plane_name_hash, v.title_hash) as differs_in_name,
                -- Where nobody knows what the sync wrote, only what a person saved last may be an edit.
                not a.without ? 'text' and case
                    when v.plane_text_hash is null
                        then i.updated_by_id is not null and i.updated_by_id is distinct from a.actor_id
                    else substr(sha256(convert_to(i.description_html, 'UTF8')), 1, 16) <> v.plane_text_hash
                end as differs_in_text,
                not a.without ? 'state'
                    and case when st."group" in ('completed', 'cancelled') then st."group" else 'open' end
                        is distinct from coalesce(v.plane_state, v.state) as differs_in_state,
                not a.without ? 'labels' and (
                    exists (
                        select from public.issue_labels as x
                        where x.issue_id = i.id and x.deleted_at is null and not \(Query.cameWithIssue)
                            and not exists (
                                select from jsonb_each_text(v.labels) as e where e.value = x.label_id::text
                            )
                    )
                    or exists (
                        select from jsonb_each_text(v.labels) as e
                        where e.key::bigint > 0 and not exists (
                            select from public.issue_labels as x
                            where x.issue_id = i.id and x.label_id = e.value::uuid and x.deleted_at is null
                        )
                    )
                ) or not a.without ? 'assignees' and (
                    exists (
                        select from public.issue_assignees as x
                        where x.issue_id = i.id and x.deleted_at is null
                            and not exists (
                                select from jsonb_each_text(v.assignees) as e where e.value = x.assignee_id::text
                            )
                    )
                    or exists (
                        select from jsonb_each_text(v.assignees) as e
                        where not exists (
                            select from public.issue_assignees as x
                            where x.issue_id = i.id and x.assignee_id = e.value::uuid and x.deleted_at is null
                        )
                    )
                ) as differs_in_links
            from touched as t (issue_id)
            inner join github_sync.github_issue_versions as v on v.issue_id = t.issue_id
            inner join active as a on a.repository_sync_id = v.repository_sync_id
            inner join public.issues as i on i.id = v.issue_id and i.deleted_at is null
            left join public.states as st on st.id = i.state_id
            where v.github_updated_at is not null and v.deleted_at is null
        ) as compared
        where differs_in_name or differs_in_text or differs_in_state or differs_in_links
            or \(isJudged("'issue'", "compared.plane_id", in: "compared.repository_sync_id"))
        """

    /// The versions of the rows that make up an issue.
    private static let seenIssue: Query = """
        concat_ws(
            ' ', i.xmin,
            (
                select string_agg(concat_ws(':', x.id, x.xmin), ' ' order by x.id)
                from public.issue_labels as x where x.issue_id = i.id and x.deleted_at is null
            ),
            (
                select string_agg(concat_ws(':', x.id, x.xmin), ' ' order by x.id)
                from public.issue_assignees as x where x.issue_id = i.id and x.deleted_at is null
            )
        )
        """

    /// Issues that were made in Plane and are to be created on GitHub.
    static let newIssues: Query = """
        select a.repository_sync_id, 'issue', i.id, \(seenIssue), 5, false
        from touched as t (issue_id)
        inner join public.issues as i
            on i.id = t.issue_id and i.deleted_at is null and i.archived_at is null and not i.is_draft
                and i.external_source is distinct from 'github'
        inner join active as a on a.project_id = i.project_id
        left join public.states as st on st.id = i.state_id
        where st."group" is distinct from 'triage'
            and (
                a.scope = 'all' and (a.issues_since is null or i.created_at >= a.issues_since)
                or a.scope in ('label', 'all') and exists (
                    select from public.issue_labels as x
                    inner join public.labels as l on l.id = x.label_id and l.deleted_at is null
                    where x.issue_id = i.id and x.deleted_at is null and lower(l.name) = lower(a.create_label)
                )
            )
            and not exists (
                select from github_sync.github_issue_versions as v
                where v.issue_id = i.id and v.repository_sync_id = a.repository_sync_id
            )
        """

    /// Issues that were deleted in Plane, where they are to be closed on GitHub.
    private static let deletedIssues: Query = """
        select a.repository_sync_id, 'issue', i.id, \(seenIssue), 5, true
        from touched as t (issue_id)
        inner join github_sync.github_issue_versions as v on v.issue_id = t.issue_id
        inner join active as a on a.repository_sync_id = v.repository_sync_id and a.deletion = 'close'
        inner join public.issues as i on i.id = v.issue_id and i.deleted_at is not null
        where v.deleted_at is null and coalesce(v.plane_state, v.state) = 'open'
        """

    /// Comments that were written, edited or deleted in Plane, or are back after they were deleted.
    static let changedComments: Query = """
        select a.repository_sync_id, 'comment', c.id, c.xmin::text, 2, c.deleted_at is not null
        from touched_comments as t (comment_id)
        inner join public.issue_comments as c
            on c.id = t.comment_id and c.external_source is distinct from 'github'
        inner join public.issues as i on i.id = c.issue_id and i.deleted_at is null
        inner join github_sync.github_issue_versions as v
            on v.issue_id = c.issue_id and v.github_updated_at is not null and v.deleted_at is null
        inner join active as a on a.repository_sync_id = v.repository_sync_id and a.comments <> 'off'
        left join github_sync.github_comment_versions as k
            on k.comment_id = c.id and k.repository_sync_id = v.repository_sync_id and k.born_in_plane
        where case
            when k.comment_id is null
                then c.deleted_at is null and (a.comments_since is null or c.created_at >= a.comments_since)
                    and (a.comments = 'all' or c.access = 'EXTERNAL')
            else k.deleted_at is null and (
                c.deleted_at is not null
                or substr(sha256(convert_to(c.comment_html, 'UTF8')), 1, 16) is distinct from k.plane_text_hash
                or \(isJudged("'comment'", "c.id", in: "v.repository_sync_id"))
            )
        end
        """
}
