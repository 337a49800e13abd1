import Database
import Foundation

extension LinkedPulls {
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<LinkedPulls> {
        Read.all(references(batch, targets), stored(batch), natives(targets), links(batch, targets)).map {
            references,
            stored,
            natives,
            links in
            LinkedPulls(
                stored: Dictionary((references.map { ($0.reference.pull, $0.record) } + stored)) { first, _ in first },
                references: Set(references.map(\.reference)),
                scopes: targets.scopes,
                targets: targets.targets,
                natives: natives,
                links: links
            )
        }
    }

    /// Reads the references that concern the batch, with their pull requests.
    ///
    /// These are all references to issues that the batch touches, and all references from its pull requests.
    private static func references(
        _ batch: SyncBatch,
        _ targets: PullTargets
    ) -> Read<[(reference: PullReference, record: PullRecord)]> {
        Read(
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
                    -- Not an equality, for the same reason as in `KnownIssues.anyIssue`.
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
        ) { rows in try rows.map { (try PullReference(row: $0), try PullRecord(row: $0)) } }
    }

    /// Reads the batch's pull requests as they were last applied.
    private static func stored(_ batch: SyncBatch) -> Read<[(PlaneKey, PullRecord)]> {
        guard !batch.pulls.isEmpty else { return Read(known: []) }
        let query: Query = """
            select
                p.repository_sync_id, p.github_pull_id, p.github_updated_at, p.event_id, p.recent, p.number, p.state,
                p.merged_at, p.title, p.url
            from \(VersionTable.objects(batch.pullKeys))
            inner join github_sync.github_pull_versions as p
                on p.repository_sync_id = f.repository_sync_id and p.github_pull_id = o.github_id
            where p.github_updated_at is not null
            """
        return Read(query) { rows in
            try rows.map { (try PlaneKey($0, githubID: "github_pull_id"), try PullRecord(row: $0)) }
        }
    }

    /// Reads the issues made in Plane that pull requests name; their own rows are locked, as they have no version rows.
    private static func natives(_ targets: PullTargets) -> Read<[UUID: IssueRecord]> {
        guard !targets.nativeIDs.isEmpty else { return Read(known: [:]) }
        let query: Query = """
            select
                id, sequence_id, name, null::text as description_html, created_by_id, state_id, priority, created_at,
                completed_at, \(RowVersion.column(of: "i")), deleted_at is not null as is_deleted,
                external_source is distinct from 'github' as is_native
            from public.issues as i
            where id = any(\(targets.nativeIDs))
            order by id
            for no key update  -- so that people who comment on the issue meanwhile need not wait
            """
        return Read(query) { rows in
            try rows.reduce(into: [:]) { $0[try $1.get("id")] = try IssueRecord(native: $1) }
        }
    }

    /// Reads the live links from the named issues to the batch's pull requests.
    private static func links(_ batch: SyncBatch, _ targets: PullTargets) -> Read<Set<PullLinkKey>> {
        guard !batch.pulls.isEmpty else { return Read(known: []) }
        let query: Query = """
            select i.id as issue_id, p.id as github_pull_id
            from unnest(\(Set(targets.targets.values.map(\.issueID)).sorted())) as i (id)
            cross join unnest(\(batch.pullKeys.map(\.id))) as p (id)
            inner join public.issue_links as l on l.id = github_sync.plane_id(i.id, 'pull', p.id) and l.deleted_at is null
            """
        return Read(query) { rows in
            Set(
                try rows.map {
                    PullLinkKey(issueID: try $0.get("issue_id"), githubPullID: try $0.get("github_pull_id"))
                }
            )
        }
    }
}

extension PullReference: RowDecodable {
    init(row: Row) throws {
        pull = try PlaneKey(row, githubID: "github_pull_id")
        issue = ScopedNumber(scopeID: try row.get("scope_id"), number: try row.get("issue_number"))
        closes = try row.get("closes")
    }
}

extension PullRecord: RowDecodable {
    init(row: Row) throws {
        version = try ObjectVersion(row: row)
        history = SecondHistory(try row.getIfPresent("recent"), of: version)
        pull = AppliedPull(
            number: try row.get("number"),
            state: try row.get("state"),
            mergedAt: try row.getIfPresent("merged_at"),
            title: try row.get("title"),
            url: try row.get("url")
        )
    }
}
