import Database

extension Connection {
    /// Has the sweeps of repositories come soon, because GitHub is to decide what deliveries leave open.
    ///
    /// A sweep reads all that changed lately in a few calls, however many objects are in doubt. It comes after the second
    /// in doubt is over, and not more often than every half minute. One that runs just now is repeated, and one that met an
    /// obstacle, such as a limit of GitHub's, waits for its end. Where no worker sweeps, there is no row to change.
    static func sweepRequests(for repositories: Set<Int64>) -> [Query] {
        guard !repositories.isEmpty else { return [] }
        return [
            """
            update github_sync.github_sync_jobs
            set wanted_at = now(),
                run_at = case status
                    when 'queued'
                        then least(run_at, greatest(now() + interval '2 seconds', updated_at + interval '30 seconds'))
                    else run_at
                end
            where kind = 'sweep' and repeats and status in ('queued', 'running')
                and coalesce(error_message, '') = '' and repository_id = any(\(repositories.sorted()))
                -- Others that were in doubt just before have done the same.
                and (wanted_at is null or wanted_at < now() - interval '1 second')
            """
        ]
    }
}
