import Shared

extension Connection {
    /// The limit that counts for a repository, by GitHub's id: the lowest its living connections ask for.
    func effectiveRate(of githubID: Int64) throws -> RateLimit? {
        let rows = try run(
            """
            select
                (s.settings -> 'rate' ->> 'per_minute')::bigint as per_minute,
                (s.settings -> 'rate' ->> 'burst')::bigint as burst
            from github_sync.github_sync_settings as s
            join public.github_repository_syncs as sync on sync.id = s.repository_sync_id
            join public.github_repositories as repository on repository.id = sync.repository_id
            where repository.repository_id = \(githubID) and sync.deleted_at is null
                and repository.deleted_at is null and s.settings ? 'rate'
            order by per_minute, burst
            limit 1
            """
        )
        return try rows.first.map { RateLimit(perMinute: try $0.get("per_minute"), burst: try $0.get("burst")) }
    }
}
