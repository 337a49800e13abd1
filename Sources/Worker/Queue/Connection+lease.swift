import Database
import Foundation

extension Connection {
    /// Extends the leases of what this process holds and returns the claim tokens it still owns.
    package func renew(_ tokens: [UUID], lease: Duration, in table: QueueTable = .events) throws -> Set<UUID> {
        let rows = try run(
            """
            with renewed as (
                update \(table.name)
                set lease_until = now() + make_interval(secs => \(lease / .seconds(1)))
                where \(table.isClaimed) and claim_token = any(\(tokens))
                returning claim_token
            )
            select distinct claim_token from renewed
            """
        )
        return Set(try rows.map { try $0.get("claim_token") })
    }

    /// Works on what was claimed under a token, and extends its lease meanwhile, but for no longer than a time limit:
    /// nobody else takes what is worked on, and what a dead or stuck worker holds is due again soon.
    package nonisolated func keeping<Value>(
        _ token: UUID,
        lease: Duration,
        timeLimit: Duration,
        in table: QueueTable,
        _ work: () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let end = ContinuousClock.now + timeLimit
                while ContinuousClock.now < end {
                    try await Task.sleep(for: lease / 3)
                    // Who could not extend it may still do so in time, and who lost it finds out at the next write.
                    _ = try? await self.renew([token], lease: lease, in: table)
                }
            }
            return try await work()
        }
    }

    /// Gives back the events of a claim.
    package func release(_ claim: Claim) throws {
        try release(claim.events.map(\.id), token: claim.token)
    }

    /// Gives back what was only claimed.
    package func release(_ rows: [UUID], token: UUID, in table: QueueTable = .events) throws {
        try release("claim_token = \(token) and \(table.key) = any(\(rows))", in: table)
    }

    /// Gives back what the database says `worker` holds under a token it does not know.
    ///
    /// The answer to such a claim was lost with a connection, and nobody works on it. No lease has to run out first.
    /// - Returns: the rows that are pending again.
    package func releaseUnknown(
        of worker: String,
        known tokens: [UUID],
        olderThan age: Duration = .seconds(5),
        in table: QueueTable = .events
    ) throws -> [UUID] {
        try release(
            // A claim may have been made since the tokens were listed.
            """
            claimed_by = \(worker) and claim_token <> all(\(tokens))
                and claimed_at < now() - make_interval(secs => \(age / .seconds(1)))
            """,
            in: table
        )
    }

    /// Makes rows pending and due at once; no retry is used.
    @discardableResult
    private func release(_ condition: Query, in table: QueueTable) throws -> [UUID] {
        try run(
            """
            update \(table.name)
            set \(table.pending), run_at = now()
            where \(table.isClaimed) and \(condition)
            returning \(table.key) as id
            """
        ).map { try $0.get("id") }
    }
}
