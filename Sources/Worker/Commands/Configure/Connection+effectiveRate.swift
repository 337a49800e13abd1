import Database
import Queue

extension Connection {
    /// The rate limit of a repository, by GitHub's id: the lowest that any of its connections asks for.
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

    /// Tells workers the rate limit of a repository.
    ///
    /// This is not part of the transaction that stores the settings, because waiting events are made due batch by
    /// batch. Another change may come between reading the limit and setting it. So the limit is read again until it is
    /// the one that was set.
    func applyEffectiveRate(of githubID: Int64) throws {
        while true {
            let wanted = try effectiveRate(of: githubID)
            guard try rateLimit(repository: githubID) != wanted else { return }
            try setRateLimit(repository: githubID, wanted)
        }
    }
}
