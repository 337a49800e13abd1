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
    /// and commits. New labels, new issues and pull requests take one more each.
    /// - Returns: what each event came to.
    /// - Throws: `LostClaim` when some of the events are no longer ours, `NeedsSnapshots` when an event of before decides
    ///   now; nothing was written then.
    @discardableResult
    func sync(_ batch: RoutedBatch) throws -> [(event: UUID, outcome: Outcome)] {
        try transaction { connection in
            guard !batch.sync.origins.isEmpty else {
                try connection.finishUnsynced(batch)
                return batch.settled
            }
            var (world, absences) = try connection.readWorld(batch)
            let labels = Planner.missingLabels(batch.sync, in: world)
            if !labels.isEmpty { try connection.makeLabels(labels, for: batch.sync, in: &world) }
            let planner = Planner(batch.sync, in: world)
            let changes = planner.changes
            let numbers = try connection.createIssues(changes, in: world)

            let synced = batch.sync.claimed.map { origin in
                let result = planner.result(of: origin, numbers: numbers, absences: absences)
                return (event: origin.eventID, outcome: Outcome.completed(result))
            }
            let outcomes = synced + batch.settled
            try connection.runAndCommit(
                Self.writeQueries(changes) + Self.finishQueries(outcomes, token: batch.claim.token)
            )
            return outcomes
        }
    }

    /// Locks what a batch shows and names, and reads what the rules need to know.
    private func readWorld(_ batch: RoutedBatch) throws -> (World, absences: [Int64: String]) {
        var targets = PullTargets()
        if !batch.sync.pulls.isEmpty {
            let found = try findTargets(batch.sync, claim: batch.claim, limits: Self.limitQueries)
            try batch.claim.requireOwned(found.fence)
            targets = found.targets
        }
        let locks = Self.limitQueries + Self.lockQueries(batch.sync, targets, claim: batch.claim)
        let results = try run(locks + Self.worldQueries(batch.sync, targets))
        try batch.claim.requireOwned(results[Self.limitQueries.count])
        var world = try World(results[locks.count...], of: batch.sync, targets)
        try world.settle(batch.sync)
        let followed = Set(world.followers.map(\.repositoryID))
        let unfollowed = batch.sync.repositoryIDs.filter { !followed.contains($0) }
        return (world, unfollowed.isEmpty ? [:] : try absences(of: unfollowed))
    }

    /// Makes labels, and reads again what is known of labels.
    private func makeLabels(_ labels: [NewLabel], for batch: SyncBatch, in world: inout World) throws {
        let makes = Self.newLabelQueries(labels)
        let reads = [
            Self.labels(batch, named: labels.map(\.name)), Self.labelVersions(batch), Self.labelTargets(batch),
        ]
        let results = try run(makes + reads)
        try world.readLabels(results[makes.count], results[makes.count + 1])
        try world.readLabelTargets(results[makes.count + 2])
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
        let created = changes.newIssues.values.sorted { $0.id < $1.id }
        return try issueCompanionQueries(created)
            + editQueries(Array(changes.issueEdits.values))
            + labelQueries(attached: changes.attachedLabels, detached: changes.detachedLabels)
            + assigneeQueries(assigned: changes.assigned, unassigned: changes.unassigned)
            + newCommentQueries(changes.newComments)
            + commentEditQueries(changes.commentEdits)
            + commentDeletionQueries(changes.deletedComments)
            + deletionQueries(Array(changes.deletedIssues.values))
            + activityQueries(changes.activities)
            + pullQueries(changes)
            + labelEditQueries(changes)
            + repositoryQueries(changes.repositoryNames)
            + issueVersionQueries(changes.issueVersions, changes.issueHistories)
            + commentVersionQueries(changes.commentVersions, changes.commentHistories)
            + labelVersionQueries(changes)
    }
}

extension Claim {
    /// Compares with the answer to `Connection.fence`.
    fileprivate func requireOwned(_ rows: [Row]) throws {
        let owned = Set(try rows.map { try $0.get("id", as: UUID.self) })
        guard owned.count == events.count else { throw LostClaim(stillOwned: owned) }
    }
}
