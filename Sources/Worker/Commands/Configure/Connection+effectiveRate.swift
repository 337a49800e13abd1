import Database
import Queue

extension Connection {
    /// The limit that counts for a repository, by GitHub's id: the lowest its living connections ask for.
    func effectiveRate(of githubID: Int64) throws -> RateLimit? {
        try run(
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
            """,
            as: RateLimit.self
        ).first
    }

    /// Lets workers keep to the limit that counts.
    ///
    /// Not in the transaction of the settings: what waits is made due in portions. So another change may come between
    /// the look and the setting; the next look sees it, and whoever comes last sets what all have asked for.
    func applyEffectiveRate(of githubID: Int64) throws {
        while true {
            let wanted = try effectiveRate(of: githubID)
            guard try rateLimit(repository: githubID) != wanted else { return }
            try setRateLimit(repository: githubID, wanted)
        }
    }
}
