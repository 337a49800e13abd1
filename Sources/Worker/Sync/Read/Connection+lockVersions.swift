import Database
import Foundation
import GitHub
import Queue

extension Connection {
    /// Statements that lock the event rows this claim still owns, then the version rows of everything the batch shows
    /// or names.
    ///
    /// The fence comes first: while we hold the event rows nobody can rescue them. The first of the results lists the
    /// events still ours. Version rows are locked in key order, kind by kind, in statements of their own: what is read
    /// next must be read after the locks.
    static func lockQueries(_ batch: SyncBatch, _ targets: PullTargets, claim: Claim) -> [Query] {
        let issues = batch.issueKeys
        let comments = batch.commentKeys
        return [
            fence(claim),
            """
            insert into github_sync.github_issue_versions (repository_sync_id, github_issue_id, issue_id)
            select f.repository_sync_id, o.github_id, github_sync.plane_id(f.repository_sync_id, 'issue', o.github_id)
            from unnest(\(issues.map(\.repositoryID)), \(issues.map(\.id))) as o (repository_id, github_id)
            inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            -- Most are there: a look is cheaper than a conflict.
            where not exists (
                select from github_sync.github_issue_versions as v
                where v.repository_sync_id = f.repository_sync_id and v.github_issue_id = o.github_id
            )
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """,
            """
            insert into github_sync.github_comment_versions (repository_sync_id, github_comment_id, comment_id)
            select f.repository_sync_id, o.github_id, github_sync.plane_id(f.repository_sync_id, 'comment', o.github_id)
            from unnest(\(comments.map(\.repositoryID)), \(comments.map(\.id))) as o (repository_id, github_id)
            inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            -- Most are there: a look is cheaper than a conflict.
            where not exists (
                select from github_sync.github_comment_versions as v
                where v.repository_sync_id = f.repository_sync_id and v.github_comment_id = o.github_id
            )
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """,
            """
            select 1 from github_sync.github_issue_versions as v
            where (v.repository_sync_id, v.github_issue_id) in (
                select f.repository_sync_id, o.github_id
                from unnest(\(issues.map(\.repositoryID)), \(issues.map(\.id))) as o (repository_id, github_id)
                inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
                union
                select * from unnest(\(targets.keys.map(\.repositorySyncID)), \(targets.keys.map(\.githubID)))
            )
            order by v.repository_sync_id, v.github_issue_id
            for update of v
            """,
            """
            select 1 from github_sync.github_comment_versions as v
            inner join github_sync.followers(\(batch.repositoryIDs)) as f using (repository_sync_id)
            inner join unnest(\(comments.map(\.repositoryID)), \(comments.map(\.id))) as o (repository_id, github_id)
                on o.repository_id = f.repository_id and o.github_id = v.github_comment_id
            order by v.repository_sync_id, v.github_comment_id
            for update of v
            """,
        ] + labelLocks(batch) + repositoryLocks(batch)
    }

    private static func labelLocks(_ batch: SyncBatch) -> [Query] {
        let labels = Set(batch.labels.map(\.key)).sorted()
        guard !labels.isEmpty else { return [] }
        return [
            """
            insert into github_sync.github_label_versions (repository_sync_id, github_label_id)
            select f.repository_sync_id, o.github_id
            from unnest(\(labels.map(\.repositoryID)), \(labels.map(\.id))) as o (repository_id, github_id)
            inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            order by f.repository_sync_id, o.github_id
            on conflict do nothing
            """,
            """
            select 1 from github_sync.github_label_versions as v
            where (v.repository_sync_id, v.github_label_id) in (
                select f.repository_sync_id, o.github_id
                from unnest(\(labels.map(\.repositoryID)), \(labels.map(\.id))) as o (repository_id, github_id)
                inner join github_sync.followers(\(batch.repositoryIDs)) as f on f.repository_id = o.repository_id
            )
            order by v.repository_sync_id, v.github_label_id
            for update of v
            """,
        ]
    }

    private static func repositoryLocks(_ batch: SyncBatch) -> [Query] {
        let ids = Set(batch.repositories.map(\.origin.repository.id)).sorted()
        guard !ids.isEmpty else { return [] }
        return [
            """
            insert into github_sync.github_repository_versions (repository_sync_id)
            select repository_sync_id from github_sync.followers(\(ids))
            order by repository_sync_id
            on conflict do nothing
            """,
            """
            select 1 from github_sync.github_repository_versions as v
            where v.repository_sync_id in (select repository_sync_id from github_sync.followers(\(ids)))
            order by v.repository_sync_id
            for update of v
            """,
        ]
    }
}
