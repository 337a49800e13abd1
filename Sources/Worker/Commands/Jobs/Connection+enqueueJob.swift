import Database
import Foundation
import Inspect
import Jobs

extension Connection {
    /// Enters a job; if one of this kind and repository waits or runs already, it is that one.
    func enqueue(
        _ kind: JobKind,
        of sync: ConnectedSync,
        _ filters: JobFilters
    ) throws -> (job: JobRecord, isNew: Bool) {
        let id = UUID()
        let filtersJSON = JSONText(Array(try JSONEncoder().encode(filters)))
        let start = JSONText(Array((filters.reportOnly == true ? #"{"list":"comments"}"# : "{}").utf8))
        let rows = try run(
            """
            with made as (
                insert into github_sync.github_sync_jobs (
                    id, kind, repository_id, repository_name, filters, position
                )
                values (
                    \(id), \(kind), \(sync.githubID), \(sync.repository), \(filtersJSON)::jsonb, \(start)::jsonb
                )
                on conflict do nothing
                returning id
            )
            select id from made
            union all
            select id from github_sync.github_sync_jobs
            where repository_id = \(sync.githubID) and kind = \(kind) and not repeats
                and status in ('queued', 'running')
            limit 1
            """
        )
        guard let row = rows.first, let job = try job(row.get("id")) else {
            throw CommandFailure("the \(kind) could not be entered; try again")
        }
        return (job, job.id == id)
    }
}
