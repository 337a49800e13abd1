import Foundation
import Shared

extension Connection {
    /// The statements that read what the rules need to know about a batch, in the order `World.init` expects.
    static func worldQueries(_ batch: SyncBatch) -> [Query] {
        [
            followers(batch), issueRecords(batch), issueLabels(batch), issueAssignees(batch), commentRecords(batch),
            states(batch), labels(batch), people(batch),
        ]
    }

    private static func followers(_ batch: SyncBatch) -> Query {
        "select * from github_sync.followers(\(batch.repositoryIDs)) order by repository_id, repository_sync_id"
    }

    private static func issueRecords(_ batch: SyncBatch) -> Query {
        """
        select
            v.repository_sync_id, v.github_issue_id, v.issue_id, v.github_updated_at, v.event_id,
            v.deleted_at is not null as has_tombstone, v.state, v.closed_at, v.title_hash, v.body_hash,
            v.labels, v.assignees,
            i.sequence_id, i.name, i.description_html, i.state_id, i.completed_at, i.deleted_at is not null as is_deleted
        from unnest(\(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_issue_versions as v
            on v.repository_sync_id = f.repository_sync_id and v.github_issue_id = o.github_id
        left join public.issues as i on i.id = v.issue_id
        """
    }

    private static func issueLabels(_ batch: SyncBatch) -> Query {
        """
        select v.repository_sync_id, v.github_issue_id, l.label_id, l.created_by_id
        from unnest(\(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_issue_versions as v
            on v.repository_sync_id = f.repository_sync_id and v.github_issue_id = o.github_id
        inner join public.issue_labels as l on l.issue_id = v.issue_id and l.deleted_at is null
        """
    }

    private static func issueAssignees(_ batch: SyncBatch) -> Query {
        """
        select v.repository_sync_id, v.github_issue_id, a.assignee_id, a.created_by_id, u.display_name
        from unnest(\(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_issue_versions as v
            on v.repository_sync_id = f.repository_sync_id and v.github_issue_id = o.github_id
        inner join public.issue_assignees as a on a.issue_id = v.issue_id and a.deleted_at is null
        inner join public.users as u on u.id = a.assignee_id
        """
    }

    private static func commentRecords(_ batch: SyncBatch) -> Query {
        """
        select
            v.repository_sync_id, v.github_comment_id, v.comment_id, v.github_updated_at, v.event_id,
            v.deleted_at is not null as has_tombstone, v.body_hash,
            c.comment_html, c.edited_at, c.deleted_at is not null as is_deleted
        from unnest(\(batch.commentKeys.map(\.repositoryID)), \(batch.commentKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_comment_versions as v
            on v.repository_sync_id = f.repository_sync_id and v.github_comment_id = o.github_id
        left join public.issue_comments as c on c.id = v.comment_id
        """
    }

    private static func states(_ batch: SyncBatch) -> Query {
        """
        select s.project_id, s.id, s.name, s."group", s."default"
        from public.states as s
        where s.project_id in (select project_id from github_sync.followers(\(batch.repositoryIDs)))
          and s.deleted_at is null
          and s."group" <> 'triage'
        order by s.project_id, s.sequence, s.id
        """
    }

    /// Labels by the names and GitHub ids of the batch, and those that its issues carry or carried.
    static func labels(_ batch: SyncBatch) -> Query {
        """
        select l.project_id, l.id, l.name, case when l.external_source = 'github' then l.external_id end as external_id
        from public.labels as l
        where l.project_id in (select project_id from github_sync.followers(\(batch.repositoryIDs)))
          and l.deleted_at is null
          and (
              l.name = any(\(batch.labels.map(\.planeName)))
              or (l.external_source = 'github' and l.external_id = any(\(batch.labels.map { String($0.id) })))
              or l.id in (
                  select x.label_id
                  from unnest(\(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)))
                      as o (repository_id, github_id)
                  inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
                  inner join github_sync.github_issue_versions as v
                      on v.repository_sync_id = f.repository_sync_id and v.github_issue_id = o.github_id
                  inner join public.issue_labels as x on x.issue_id = v.issue_id and x.deleted_at is null
              )
          )
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
