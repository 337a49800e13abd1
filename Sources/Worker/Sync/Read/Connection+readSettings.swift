import Database
import Foundation
import GitHub

extension Connection {
    /// What the rules of each connection that has some make of each delivery; evaluated by PostgreSQL's `jsonpath`.
    static func rules(_ batch: SyncBatch) -> Query {
        let cleaned = batch.cleaned.sorted { $0.key < $1.key }
        return """
            select e.id as event_id, s.repository_sync_id,
                github_sync.apply_rules(coalesce(c.payload, e.payload), s.settings) as outcome
            from github_sync.followers(\(batch.repositoryIDs)) as f
            inner join github_sync.github_sync_settings as s
                on s.repository_sync_id = f.repository_sync_id and s.settings ?| array['ignore', 'transform']
            inner join unnest(\(batch.origins.map(\.eventID)), \(batch.origins.map(\.repository.id)))
                as o (event_id, repository_id) on o.repository_id = f.repository_id
            inner join github_sync.github_webhook_events as e on e.id = o.event_id
            left join unnest(\(cleaned.map(\.key)), \(cleaned.map(\.value))) as c (id, payload) on c.id = e.id
            """
    }

    static func repositoryVersions(_ batch: SyncBatch) -> Query {
        """
        select v.repository_sync_id, v.github_updated_at, v.event_id
        from github_sync.followers(\(batch.repositoryIDs)) as f
        inner join github_sync.github_repository_versions as v on v.repository_sync_id = f.repository_sync_id
        where v.event_id is not null
        """
    }

    /// Why no live project follows these repositories, in words.
    func absences(of repositories: [Int64]) throws -> [Int64: String] {
        let rows = try run(
            """
            select
                r.repository_id,
                string_agg(
                    case
                        when s.deleted_at is not null or r.deleted_at is not null then null
                        when p.deleted_at is not null then 'project ' || p.identifier || ' was deleted in Plane'
                        when p.archived_at is not null then 'project ' || p.identifier || ' is archived in Plane'
                    end,
                    ', ' order by p.identifier
                ) as reason
            from public.github_repositories as r
            inner join public.github_repository_syncs as s on s.repository_id = r.id
            inner join public.projects as p on p.id = s.project_id
            where r.repository_id = any(\(repositories))
            group by r.repository_id
            """
        )
        return try rows.reduce(into: [:]) { reasons, row in
            reasons[try row.get("repository_id")] = try row.getIfPresent("reason")
        }
    }
}
