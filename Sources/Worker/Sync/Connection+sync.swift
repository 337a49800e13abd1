import Foundation
import Shared

/// Events of a claim that have another owner by now: the transaction was rolled back.
struct LostClaim: Error {
    let stillOwned: Set<UUID>
}

extension Connection {
    /// Works on a batch in one transaction: read, plan, write, complete.
    ///
    /// Two round trips in the common case, whatever the size of the batch: one that locks and reads, one that writes
    /// and commits. New labels and new issues take one more each.
    /// - Returns: what each event came to.
    /// - Throws: `LostClaim` when some of the events are no longer ours; nothing was written then.
    @discardableResult
    func sync(_ batch: RoutedBatch) throws -> [(event: UUID, outcome: Outcome)] {
        try transaction { connection in
            guard !batch.sync.observations.isEmpty else {
                try connection.finishUnsynced(batch)
                return batch.settled
            }
            let locks = Self.limitQueries + Self.lockQueries(batch.sync, claim: batch.claim)
            let results = try connection.run(locks + Self.worldQueries(batch.sync))
            try batch.claim.requireOwned(results[Self.limitQueries.count])

            var world = try World(results[locks.count...])
            let labels = Planner.missingLabels(batch.sync, in: world)
            if !labels.isEmpty {
                try world.readLabels(connection.run([Self.labelQuery(labels), Self.labels(batch.sync)])[1])
            }
            let planner = Planner(batch.sync, in: world)
            let changes = planner.changes
            let numbers = try connection.createIssues(Array(changes.newIssues.values))

            let synced = batch.sync.observations.map { seen in
                (event: seen.eventID, outcome: Outcome.completed(planner.result(of: seen, numbers: numbers)))
            }
            let outcomes = synced + batch.settled
            try connection.runAndCommit(
                Self.writeQueries(changes) + Self.finishQueries(outcomes, token: batch.claim.token)
            )
            return outcomes
        }
    }

    /// How long the transaction waits for somebody else's lock and for any one statement: beyond, the attempt fails and
    /// counts.
    ///
    /// A process that was frozen in mid-transaction loses its locks, so that others can take over.
    ///
    /// Said in the transaction, because a pooled connection has no settings of its own.
    private static var limitQueries: [Query] {
        [
            "set local lock_timeout = '10s'", "set local statement_timeout = '25s'",
            "set local idle_in_transaction_session_timeout = '5s'",
        ]
    }

    /// A batch in which nothing is to be synced still needs its fence.
    private func finishUnsynced(_ batch: RoutedBatch) throws {
        try batch.claim.requireOwned(run(Self.fence(batch.claim)))
        try runAndCommit(Self.finishQueries(batch.settled, token: batch.claim.token))
    }

    private static func writeQueries(_ changes: Changes) throws -> [Query] {
        let created = changes.newIssues.values.sorted { $0.id.text < $1.id.text }
        return try issueCompanionQueries(created)
            + editQueries(Array(changes.issueEdits.values))
            + labelQueries(attached: changes.attachedLabels, detached: changes.detachedLabels)
            + assigneeQueries(assigned: changes.assigned, unassigned: changes.unassigned)
            + newCommentQueries(changes.newComments)
            + commentEditQueries(changes.commentEdits)
            + commentDeletionQueries(changes.deletedComments)
            + deletionQueries(Array(changes.deletedIssues.values))
            + activityQueries(changes.activities)
            + issueVersionQueries(changes.issueVersions)
            + commentVersionQueries(changes.commentVersions)
    }
}

extension Claim {
    /// Compares with the answer to `Connection.fence`.
    fileprivate func requireOwned(_ rows: [Row]) throws {
        let owned = Set(try rows.map { try $0.get("id", as: UUID.self) })
        guard owned.count == events.count else { throw LostClaim(stillOwned: owned) }
    }
}
