import Base
import Database
import Deliveries
import Foundation
import GitHubClient
import Queue

extension Connection {
    /// Takes the job that is due longest, of a repository for which no other job runs.
    ///
    /// `repeating` says whether jobs that repeat are done here.
    /// - Returns: nil when there is none, or when another worker took one of the same repository at the same moment.
    package func claimJob(worker: String, lease: Duration, token: UUID, repeating: Bool) throws -> Job? {
        let query = Self.claimQuery(
            from: .jobs,
            where: """
                (\(repeating) or not repeats) and repository_id not in (
                    select r.repository_id from github_sync.github_sync_jobs as r where r.status = 'running'
                )
                """,
            limit: 1,
            worker: worker,
            lease: lease,
            maxRetries: JobRunner.attempts,
            token: token
        )
        do {
            return try run(query).map(Job.init).first
        } catch let error as DatabaseError where error.sqlState == "23505" {
            return nil
        }
    }

    /// Stores a step of a job: its deliveries, and where the job goes on, both or neither.
    ///
    /// A step also shows that the job lives, and that whatever failed before is over.
    /// - Returns: whether somebody asked the job to end.
    /// - Throws: `LostClaim` when the job has another owner by now; nothing is stored then.
    func store(_ step: Step, of job: Job, token: UUID, lease: Duration) throws -> Bool {
        try transaction { connection in
            let owned = Read(Self.fence([job.id], token: token, in: .jobs)) { rows in
                guard !rows.isEmpty else { throw LostClaim(stillOwned: []) }
            }
            try connection.run(owned)
            let place = try connection.connections(of: [job.repositoryID])[job.repositoryID] ?? .unconnected
            // Two lists may show the same object, and one statement stores a delivery once.
            var seen: Set<String> = []
            let rows = step.deliveries.filter { seen.insert($0.deliveryID).inserted }
                .map { DeliveryRow($0, repositorySync: place.onlySync) }
            // Nobody follows a repository any more that was disconnected meanwhile.
            let storing = place == .unconnected || rows.isEmpty ? Read(known: [:]) : Self.storing(rows)
            let stored = try connection.run(storing)
            return try connection.runAndCommit(
                try Self.progress(of: job, step, stored: stored.count, lease: lease, token: token)
            )
        }
    }

    /// The answer is whether somebody asked the job to end.
    private static func progress(
        of job: Job,
        _ step: Step,
        stored: Int,
        lease: Duration,
        token: UUID
    ) throws -> Read<Bool> {
        let position = JSONText(Array(try JSONEncoder().encode(step.next)))
        let query: Query = """
            update github_sync.github_sync_jobs
            set position = \(position)::jsonb, total = coalesce(\(step.total), total), read_count = read_count + \(step.read),
                stored_count = stored_count + \(stored),
                problems = (
                    select coalesce(jsonb_agg(p), '[]')
                    from (
                        select p from jsonb_array_elements(problems || to_jsonb(\(step.problems))) with ordinality as e (p, n)
                        order by n desc limit 100
                    ) as newest
                ),
                retry_count = 0, crash_count = 0, error_message = null, updated_at = now(),
                lease_until = now() + make_interval(secs => \(lease / .seconds(1)))
            where id = \(job.id) and claim_token = \(token)
            returning cancelled_at is not null as is_cancelled
            """
        return Read(query) { rows in try rows.first?.get("is_cancelled") ?? false }
    }

    /// Makes the sweeps and recoveries of all connected repositories that have none.
    ///
    /// Sweeps begin with what changes from now on; an import brings what was there before. Recoveries begin with all that
    /// GitHub remembers.
    package func addMissingRepeatingJobs() throws {
        try run(
            """
            insert into github_sync.github_sync_jobs (id, kind, repeats, repository_id, repository_name, position)
            select gen_random_uuid(), k.kind, true, f.repository_id, min(f.name),
                case k.kind
                    when 'sweep'
                        then jsonb_build_object('issuesSince', \(Self.nowText), 'commentsSince', \(Self.nowText))
                    else '{}'
                end
            from (
                select r.repository_id, r.owner || '/' || r.name as name
                from public.github_repositories as r
                inner join public.github_repository_syncs as s on s.repository_id = r.id and s.deleted_at is null
                where r.deleted_at is null
            ) as f
            cross join (values ('sweep'), ('recover')) as k (kind)
            where not exists (
                select from github_sync.github_sync_jobs as j
                where j.repository_id = f.repository_id and j.kind = k.kind and j.repeats
                    and j.status in ('queued', 'running')
            )
            group by f.repository_id, k.kind
            on conflict do nothing
            """
        )
    }

    /// The server's present as the API writes times.
    private static let nowText: Query = "to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

    /// GitHub's ids of issues that were synced, by their numbers.
    func issueIDs(of numbers: [Int64], in repositoryID: Int64) throws -> [Int64: Int64] {
        let query: Query = """
            select v.number, max(v.github_issue_id) as id
            from github_sync.followers(\([repositoryID])) as f
            inner join github_sync.github_issue_versions as v
                on v.repository_sync_id = f.repository_sync_id and v.number = any(\(numbers))
            where v.github_updated_at is not null
            group by v.number
            """
        let read = Read(query) { rows in
            try rows.reduce(into: [Int64: Int64]()) { $0[try $1.get("number")] = try $1.get("id") }
        }
        return try run(read)
    }

    /// Whether so many events are due that reading more would only make others wait behind it.
    func isBehind(by limit: Int) throws -> Bool {
        let rows = try run(
            """
            select count(*) > \(limit) as is_behind
            from (
                select from github_sync.github_webhook_events
                where status = 'pending' and run_at <= now()
                limit \(limit + 1)
            ) as due
            """
        )
        return try rows[0].get("is_behind")
    }

    /// Whether any of these events that were read from a repository still wait for a worker.
    func hasPendingReadings(of repositoryID: Int64, _ events: [EventType]) throws -> Bool {
        try !run(
            """
            select 1 from github_sync.github_webhook_events
            where event_type = any(\(events)) and status in ('pending', 'processing') and repository_id = \(repositoryID)
                and action in ('read', 'vanished')
            limit 1
            """
        ).isEmpty
    }
}
