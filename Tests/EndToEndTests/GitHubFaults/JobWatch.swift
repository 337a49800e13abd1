import Base
import Database
import TestSupport

/// Follows a job to its end, and makes every wait short that would be long.
struct JobWatch: Sendable {
    /// What the job said on its way, each once.
    private(set) var errors: [String] = []
    /// The most retries that it had used at a time.
    private(set) var retries = 0
    private(set) var status = ""
    private(set) var read = 0

    /// - Returns: nil if the job did not end in time.
    static func end(
        of connection: Connection,
        within limit: Duration = .seconds(60)
    ) async throws -> JobWatch? {
        var watch = JobWatch()
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let row = try await connection.run(
                Read(
                    """
                    select status, retry_count, read_count, coalesce(error_message, '') as error
                    from github_sync.github_sync_jobs where not repeats
                    """
                ) { rows in try Sighting(rows[0]) }
            )
            watch.add(row)
            if !["queued", "running"].contains(row.status) { return watch }
            if row.status == "queued", !row.error.isEmpty { try await connection.shortenWaits() }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    private mutating func add(_ row: Sighting) {
        status = row.status
        read = row.read
        retries = max(retries, row.retries)
        if !row.error.isEmpty, !errors.contains(row.error) { errors.append(row.error) }
    }

    private struct Sighting: Sendable {
        let status: String
        let retries: Int
        let read: Int
        let error: String

        init(_ row: Row) throws {
            status = try row.get("status")
            retries = try row.get("retry_count")
            read = try row.get("read_count")
            error = try row.get("error")
        }
    }
}

extension Connection {
    /// Has everything go on that waits for a time.
    fileprivate func shortenWaits() throws {
        for query: Query in [
            "update github_sync.github_sync_jobs set run_at = now() where status = 'queued'",
            "update github_sync.github_principals set blocked_until = now() where blocked_until > now()",
            "update github_sync.github_installation_tokens set parked_until = now() where parked_until > now()",
        ] { try run(query) }
    }
}
