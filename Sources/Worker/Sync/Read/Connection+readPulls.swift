import Database
import Foundation

extension Connection {
    /// Which pull requests name the issues of the batch, or are named by none any more: all stored references to an
    /// issue the batch touches, and all of its pull requests.
    static func references(_ batch: SyncBatch, _ targets: PullTargets) -> Query {
        """
        with followed as materialized (
            select * from github_sync.followers(\(batch.repositoryIDs))
        ), touched as (
            select f.repository_sync_id as scope_id, o.number
            from unnest(\(batch.issueNumbers.map(\.repositoryID)), \(batch.issueNumbers.map(\.id)))
                as o (repository_id, number)
            inner join followed as f on f.repository_id = o.repository_id
            union
            select f.project_id, i.sequence_id
            from unnest(\(batch.issueKeys.map(\.repositoryID)), \(batch.issueKeys.map(\.id)))
                as o (repository_id, github_id)
            inner join followed as f on f.repository_id = o.repository_id
            inner join github_sync.github_issue_versions as v
                -- No equality, for the same reason as in `issueLabels`.
                on v.repository_sync_id is not distinct from f.repository_sync_id and v.github_issue_id = o.github_id
            inner join public.issues as i on i.id = v.issue_id
            union
            select * from unnest(\(targets.numbers.map(\.scopeID)), \(targets.numbers.map(\.number)))
        ), named as (
            select r.* from touched as t inner join github_sync.github_pull_references as r using (scope_id, number)
            union
            select r.*
            from unnest(\(batch.pullKeys.map(\.repositoryID)), \(batch.pullKeys.map(\.id)))
                as o (repository_id, github_id)
            inner join followed as f on f.repository_id = o.repository_id
            inner join github_sync.github_pull_references as r
                on r.repository_sync_id = f.repository_sync_id and r.github_pull_id = o.github_id
        )
        select
            n.repository_sync_id, n.github_pull_id, n.scope_id, n.number as issue_number, n.closes,
            p.github_updated_at, p.event_id, p.recent, p.number, p.state, p.merged_at, p.title, p.url
        from named as n
        inner join github_sync.github_pull_versions as p
            on p.repository_sync_id = n.repository_sync_id and p.github_pull_id = n.github_pull_id
        """
    }

    /// What was last applied of the batch's pull requests.
    static func pulls(_ batch: SyncBatch) -> Query {
        """
        select
            p.repository_sync_id, p.github_pull_id, p.github_updated_at, p.event_id, p.recent, p.number, p.state,
            p.merged_at, p.title, p.url
        from unnest(\(batch.pullKeys.map(\.repositoryID)), \(batch.pullKeys.map(\.id)))
            as o (repository_id, github_id)
        inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
        inner join github_sync.github_pull_versions as p
            on p.repository_sync_id = f.repository_sync_id and p.github_pull_id = o.github_id
        where p.github_updated_at is not null
        """
    }

    /// Issues made in Plane that a pull request names; they have no version row that could be locked.
    static func natives(_ targets: PullTargets) -> Query {
        """
        select
            id, sequence_id, name, null::text as description_html, created_by_id, state_id, priority, created_at,
            completed_at, deleted_at is not null as is_deleted
        from public.issues
        where id = any(\(targets.nativeIDs))
        order by id
        for no key update  -- who comments on it meanwhile need not wait
        """
    }

    /// The live links from the issues named to the batch's pull requests.
    static func pullLinks(_ batch: SyncBatch, _ targets: PullTargets) -> Query {
        """
        select i.id as issue_id, p.id as github_pull_id
        from unnest(\(Set(targets.targets.values.map(\.issueID)).sorted())) as i (id)
        cross join unnest(\(batch.pullKeys.map(\.id))) as p (id)
        inner join public.issue_links as l on l.id = github_sync.plane_id(i.id, 'pull', p.id) and l.deleted_at is null
        """
    }

    /// References to issues, by GitHub's number, that are about to be made; read under the number lock, which also
    /// keeps others from storing new ones.
    static func referenceCheck(_ numbers: [ScopedNumber]) -> Query {
        """
        select r.repository_sync_id, r.github_pull_id, r.scope_id, r.number as issue_number, r.closes, p.event_id
        from unnest(\(numbers.map(\.scopeID)), \(numbers.map(\.number))) as n (scope_id, number)
        inner join github_sync.github_pull_references as r using (scope_id, number)
        inner join github_sync.github_pull_versions as p using (repository_sync_id, github_pull_id)
        """
    }

    /// Issues that were not there when they were looked for, and are now.
    static func absenceCheck(_ numbers: [ScopedNumber]) -> Query {
        """
        select 1
        from unnest(\(numbers.map(\.scopeID)), \(numbers.map(\.number))) as n (scope_id, number)
        inner join github_sync.github_issue_versions as v
            on v.repository_sync_id = n.scope_id and v.number = n.number and v.github_updated_at is not null
        """
    }
}
