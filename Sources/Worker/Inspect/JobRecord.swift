import Base
import Database
import Foundation
import JSON
import Jobs

/// A job as people are shown it.
package struct JobRecord: Sendable, Equatable {
    package let id: UUID
    package let kind: JobKind
    package let repeats: Bool
    package let status: String
    package let repository: String
    package let list: String
    /// Objects to read, about; nil where GitHub does not tell, and before the first is read.
    package let total: Int?
    package let read: Int
    package let stored: Int
    package let problems: [String]
    package let isCancelled: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let dueAt: Timestamp
    package let worker: String?
    package let error: String?

    package var isFinished: Bool { !["queued", "running"].contains(status) }

    /// The part that is read, from 0 to 1; nil where GitHub does not tell how much there is.
    package var share: Double? {
        guard let total, total > 0 else { return nil }
        // GitHub's total is of the beginning, and may count what is gone.
        return isFinished && !isCancelled ? 1 : min(Double(read) / Double(total), 0.99)
    }

    package var json: JSONValue { json(differences: nil) }

    /// `differences` are what a reconciliation found.
    package func json(differences: [String]?) -> JSONValue {
        .object([
            "id": .string(id.text), "kind": .string(kind.rawValue), "status": .string(status),
            "repository": .string(repository), "total": .optional(total), "read": .int(read), "stored": .int(stored),
            "problems": .array(problems.map(JSONValue.string)), "cancelled": .bool(isCancelled),
            "created_at": .string(createdAt.description), "updated_at": .string(updatedAt.description),
            "worker": worker.map(JSONValue.string), "error": error.map(JSONValue.string),
            "differences": differences.map { .array($0.map(JSONValue.string)) },
        ])
    }
}

extension JobRecord: RowDecodable {
    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        repeats = try row.get("repeats")
        status = try row.get("status")
        repository = try row.get("repository_name")
        list = try row.get("list")
        total = try row.getIfPresent("total")
        read = try row.get("read_count")
        stored = try row.get("stored_count")
        problems = try row.getJSON("problems")
        isCancelled = try row.get("is_cancelled")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        dueAt = try row.get("run_at")
        worker = try row.getIfPresent("claimed_by")
        error = try row.getIfPresent("error_message")
    }
}

extension Connection {
    /// The columns that a record is made of.
    private static let jobColumns: Query = """
        id, kind, repeats, status::text as status, repository_name,
            case kind when 'recover' then 'deliveries' else coalesce(position ->> 'list', 'labels') end as list,
            total, read_count, stored_count, problems, cancelled_at is not null as is_cancelled, created_at, updated_at, run_at,
            claimed_by, error_message
        """

    /// The newest jobs first; those that repeat only where they are asked for, as each repository always has them.
    package func jobs(limit: Int, withSweeps: Bool) throws -> [JobRecord] {
        try run(
            """
            select \(Self.jobColumns)
            from github_sync.github_sync_jobs
            where \(withSweeps) or not repeats
            order by created_at desc, id
            limit \(limit)
            """
        )
        .map(JobRecord.init)
    }

    package func job(_ id: UUID) throws -> JobRecord? {
        try run("select \(Self.jobColumns) from github_sync.github_sync_jobs where id = \(id)").map(JobRecord.init)
            .first
    }

    /// The only job whose id begins like this.
    /// - Throws: `LookupFailure` when there is none or more than one.
    package func job(beginningWith text: String) throws -> JobRecord {
        let found = try run(
            """
            select \(Self.jobColumns)
            from github_sync.github_sync_jobs
            where starts_with(id::text, lower(\(text)))
            order by id
            limit 2
            """
        )
        .map(JobRecord.init)
        guard found.count == 1 else {
            throw LookupFailure(
                found.isEmpty
                    ? "no job has an id that begins with '\(text)' (see plane-worker jobs list)"
                    : "several jobs have ids that begin with '\(text)', give all of it"
            )
        }
        return found[0]
    }

    /// What a reconciliation found so far.
    package func differences(of job: UUID) throws -> [String] {
        let rows = try run(
            """
            select coalesce(position -> 'differences', '[]') as differences
            from github_sync.github_sync_jobs where id = \(job)
            """
        )
        return try rows.first?.getJSON("differences") ?? []
    }

    /// Asks a job to end; one that nobody works on ends at once.
    package func cancelJob(_ id: UUID, by person: Operator) throws -> JobRecord? {
        try run(
            """
            with changed as (
                update github_sync.github_sync_jobs
                set cancelled_at = coalesce(cancelled_at, now()), updated_at = now(),
                    status = case status when 'queued' then 'partial' else status end,
                    processed_at = case status when 'queued' then now() end
                where id = \(id) and status in ('queued', 'running') and not repeats
                returning id
            ), \(Query.noting("jobs cancel", by: person, rows: "changed"))
            select id from changed
            """
        )
        return try job(id)
    }

    /// How many events of a job's repository, that it may have brought, still wait for a worker.
    package func waitingEvents(of job: JobRecord) throws -> Int {
        try run(
            """
            select count(*) as waiting
            from github_sync.github_webhook_events
            where status in ('pending', 'processing') and repository_name = \(job.repository)
                and (action in ('read', 'vanished')) = \(job.kind != .recover)
            """
        )[0].get("waiting")
    }
}
