import Database
import Foundation

extension Connection {
    /// The statements that read what the rules need to know about a batch, in the order `World.init` expects.
    static func worldQueries(_ batch: SyncBatch, _ targets: PullTargets) -> [Query] {
        [
            followers(batch, targets), issueRecords(batch, targets), issueLabels(batch), issueAssignees(batch),
            commentRecords(batch), states(batch, targets), labels(batch), labelVersions(batch), people(batch),
            rules(batch), references(batch, targets),
        ]
            + (batch.pulls.isEmpty ? [] : [pulls(batch), natives(targets), pullLinks(batch, targets)])
            + (batch.labels.isEmpty ? [] : [labelTargets(batch)])
            + (batch.repositories.isEmpty ? [] : [repositoryVersions(batch)])
    }

    /// The projects that follow the batch's repositories, and what the settings of each say.
    private static func followers(_ batch: SyncBatch, _ targets: PullTargets) -> Query {
        """
        select f.*, s.settings
        from github_sync.followers(\(targets.repositoryIDs.union(batch.repositoryIDs).sorted())) as f
        left join github_sync.github_sync_settings as s on s.repository_sync_id = f.repository_sync_id
        order by f.repository_id, f.repository_sync_id
        """
    }

    /// Descriptions are large: only one whose source on GitHub changed is read.
    private static func issueRecords(_ batch: SyncBatch, _ targets: PullTargets) -> Query {
        let bodies = batch.issueBodies
        return """
            with observed as (
                select f.repository_sync_id, o.github_id, o.body_hash
                from unnest(
                    \(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)),
                    \(batch.issueKeys.map { bodies[$0] ?? nil })
                ) as o (repository_id, github_id, body_hash)
                inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            ), touched as (
                select repository_sync_id, github_id, body_hash, true as is_observed from observed
                union all
                select t.repository_sync_id, t.github_id, null, false
                from unnest(\(targets.keys.map(\.repositorySyncID)), \(targets.keys.map(\.githubID)))
                    as t (repository_sync_id, github_id)
                where (t.repository_sync_id, t.github_id) not in (
                    select repository_sync_id, github_id from observed
                )
            )
            select
                v.repository_sync_id, v.github_issue_id, v.issue_id, v.github_updated_at, v.event_id,
                v.deleted_at is not null as has_tombstone, v.state, v.closed_at, v.title_hash, v.body_hash,
                v.labels, v.assignees, v.recent, v.number as github_number, v.priority as applied_priority,
                v.waiting_state_id,
                i.sequence_id, i.name,
                case when t.is_observed and v.body_hash is distinct from t.body_hash then i.description_html end
                    as description_html,
                i.created_by_id, i.state_id, i.priority, i.created_at, i.completed_at,
                i.deleted_at is not null as is_deleted
            from touched as t
            inner join github_sync.github_issue_versions as v
                -- No equality, for the same reason as in `issueLabels`.
                on v.repository_sync_id is not distinct from t.repository_sync_id and v.github_issue_id = t.github_id
            left join public.issues as i on i.id = v.issue_id
            """
    }

    /// Descriptions that were left out because their source on GitHub is as before.
    ///
    /// Locked, because they are written back without their first line: what somebody saves in Plane meanwhile must not
    /// be lost.
    static func descriptions(_ issues: [UUID]) -> Query {
        """
        select id, description_html from public.issues where id = any(\(issues)) order by id for no key update
        """
    }

    /// Labels and people are found by arrays: a join may be planned the other way round while a table is small, and the
    /// plan is kept.
    ///
    /// GitHub's ids of issues are unique among all repositories. To ask for the repository too would only offer the
    /// planner the index that begins with it, and with it all issues of the repository.
    private static func issueLabels(_ batch: SyncBatch) -> Query {
        """
        select x.issue_id, x.label_id, x.created_by_id
        from public.issue_labels as x
        where x.deleted_at is null
          and x.issue_id = any(array(
              select v.issue_id
              from github_sync.github_issue_versions as v
              where v.github_issue_id = any(\(batch.issueKeys.map(\.id)))
          ))
        """
    }

    private static func issueAssignees(_ batch: SyncBatch) -> Query {
        """
        select a.issue_id, a.assignee_id, a.created_by_id, u.display_name
        from public.issue_assignees as a
        inner join public.users as u on u.id = a.assignee_id
        where a.deleted_at is null
          and a.issue_id = any(array(
              select v.issue_id
              from github_sync.github_issue_versions as v
              where v.github_issue_id = any(\(batch.issueKeys.map(\.id)))
          ))
        """
    }

    private static func commentRecords(_ batch: SyncBatch) -> Query {
        """
        select
            v.repository_sync_id, v.github_comment_id, v.comment_id, v.github_updated_at, v.event_id,
            v.deleted_at is not null as has_tombstone, v.body_hash, v.recent,
            c.comment_html, c.actor_id, c.edited_at, c.deleted_at is not null as is_deleted
        from unnest(\(batch.commentKeys.map(\.repositoryID)), \(batch.commentKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_comment_versions as v
            on v.repository_sync_id = f.repository_sync_id and v.github_comment_id = o.github_id
        left join public.issue_comments as c on c.id = v.comment_id
        """
    }

    private static func states(_ batch: SyncBatch, _ targets: PullTargets) -> Query {
        """
        select s.project_id, s.id, s.name, s."group", s."default"
        from public.states as s
        where s.project_id in (
            select project_id
            from github_sync.followers(\(targets.repositoryIDs.union(batch.repositoryIDs).sorted()))
        )
          and s.deleted_at is null
          and s."group" <> 'triage'
        order by s.project_id, s.sequence, s.id
        """
    }

    /// GitHub users → active members of the projects: Plane's own sign-in table first, then our links.
    private static func people(_ batch: SyncBatch) -> Query {
        """
        with known as (
            select distinct on (github_id) github_id, user_id
            from (
                select a.provider_account_id::bigint as github_id, a.user_id, 1 as rank
                from public.accounts as a
                where a.provider = 'github' and a.provider_account_id = any(\(batch.userIDs.map { String($0) }))
                union all
                select l.github_user_id, l.user_id, 2
                from github_sync.github_user_links as l
                where l.github_user_id = any(\(batch.userIDs))
            ) as candidates
            order by github_id, rank
        )
        select m.project_id, k.github_id, k.user_id, u.display_name, m.role >= 15 as is_assignable
        from known as k
        inner join public.users as u on u.id = k.user_id and u.is_active
        inner join public.project_members as m
            on m.member_id = k.user_id and m.is_active and m.deleted_at is null
        where m.project_id in (select project_id from github_sync.followers(\(batch.repositoryIDs)))
        """
    }
}
