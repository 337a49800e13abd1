import Database
import Foundation
import Queue

extension Connection {
    /// Works on a batch in one transaction: read, plan, write, complete.
    ///
    /// Two round trips in the common case, whatever the size of the batch: one that locks and reads, one that writes
    /// and commits. New issues and pull requests take one more each, new labels two.
    ///
    /// Whatever may wait for a lock of Plane's comes before the number lock, under which others wait for us.
    /// - Returns: what each event came to.
    /// - Throws: `LostClaim` when some of the events are no longer ours, `Missing` when a body was not rendered or a
    ///   delivery of before decides now; nothing was written then.
    @discardableResult
    package func sync(
        _ batch: RoutedBatch,
        with renderings: Renderings = Renderings(),
        patience: LockPatience = .usual
    ) throws -> [(event: UUID, outcome: Outcome)] {
        try transaction { connection in
            guard !batch.sync.origins.isEmpty else {
                try connection.finishUnsynced(batch)
                return batch.settled
            }
            var (world, absences) = try connection.readWorld(batch, patience)
            let labels = Planner.missingLabels(batch.sync, in: world)
            if !labels.isEmpty { try connection.makeLabels(like: labels, for: batch.sync, in: &world) }
            let texts = Planner.textsToRead(batch.sync, in: world)
            if !texts.isEmpty { try connection.readTexts(of: texts, into: &world) }
            let planner = Planner(batch.sync, in: world, with: renderings)
            guard planner.missing.isEmpty else { throw Missing.bodies(planner.missing) }
            let writes = try Self.writeQueries(planner.changes)
            let numbers = try connection.createIssues(planner, after: writes, patience)

            let synced = batch.sync.claimed.map { origin in
                let result = planner.result(of: origin, numbers: numbers ?? [:], absences: absences)
                let failure = planner.failure(of: origin).map { Outcome.failed(reason: $0) }
                return (event: origin.eventID, outcome: failure ?? result.completed)
            }
            let outcomes = synced + batch.settled
            let finish = Self.finishQueries(outcomes, token: batch.claim.token)
            try connection.runAndCommit(numbers == nil ? writes + finish : finish)
            return outcomes
        }
    }

    /// Locks what a batch shows and names, and reads what the rules need to know.
    private func readWorld(_ batch: RoutedBatch, _ patience: LockPatience) throws -> (World, absences: [Int64: String])
    {
        var targets = PullTargets()
        if !batch.sync.pulls.isEmpty {
            let found = try findTargets(batch.sync, claim: batch.claim, limits: Self.limitQueries(patience))
            try batch.claim.requireOwned(found.fence)
            targets = found.targets
        }
        let limits = Self.limitQueries(patience)
        let locks =
            limits + Self.lockQueries(batch.sync, targets, claim: batch.claim) + [Self.lockTimeout(patience.planes)]
        let results = try run(locks + Self.worldQueries(batch.sync, targets))
        try batch.claim.requireOwned(results[limits.count])
        var world = try World(results[locks.count...], of: batch.sync, targets)
        try world.settle(batch.sync)
        let followed = Set(world.followers.map(\.repositoryID))
        let unfollowed = batch.sync.repositoryIDs.filter { !followed.contains($0) }
        return (world, unfollowed.isEmpty ? [:] : try absences(of: unfollowed))
    }

    private func readTexts(of keys: [PlaneKey], into world: inout World) throws {
        let byID = Dictionary(keys.compactMap { key in world.issues[key].map { ($0.id, key) } }) { first, _ in first }
        for row in try run(Self.descriptions(byID.keys.sorted())) {
            guard let key = byID[try row.get("id")] else { continue }
            world.issues[key]?.plane?.html = try row.get("description_html")
        }
    }

    /// Makes labels that were not found, unless a look under the lock of their names finds them, and reads again what is
    /// known of labels.
    private func makeLabels(like wanted: [NewLabel], for batch: SyncBatch, in world: inout World) throws {
        let names = wanted.flatMap { [$0.wantedName, $0.name] }
        try readLabels(of: batch, named: names, after: Self.newLabelLocks(wanted), into: &world)
        let missing = Planner.missingLabels(batch, in: world)
        guard !missing.isEmpty else { return }
        try readLabels(of: batch, named: names, after: [Self.newLabels(missing)], into: &world)
    }

    private func readLabels(
        of batch: SyncBatch,
        named names: [String],
        after queries: [Query],
        into world: inout World
    ) throws {
        let reads = [Self.labels(batch, named: names), Self.labelVersions(batch), Self.labelTargets(batch)]
        let results = try run(queries + reads)
        try world.readLabels(results[queries.count], results[queries.count + 1])
        try world.readLabelTargets(results[queries.count + 2])
    }

    /// How long the transaction waits for a lock of somebody else's, which costs no retry, and for any one statement:
    /// beyond, the attempt fails and counts.
    ///
    /// A process that was frozen in mid-transaction loses its locks, so that others can take over.
    ///
    /// Said in the transaction, because a pooled connection has no settings of its own.
    private static func limitQueries(_ patience: LockPatience) -> [Query] {
        [
            lockTimeout(patience.ours), "set local statement_timeout = '25s'",
            "set local idle_in_transaction_session_timeout = '5s'",
        ]
    }

    /// A batch in which nothing is to be synced still needs its fence.
    private func finishUnsynced(_ batch: RoutedBatch) throws {
        try batch.claim.requireOwned(run(Self.fence(batch.claim)))
        try runAndCommit(Self.finishQueries(batch.settled, token: batch.claim.token))
    }

    /// Everything but new issues themselves.
    ///
    /// What hangs on these may come before them: Plane's foreign keys are checked at the commit.
    private static func writeQueries(_ changes: Changes) throws -> [Query] {
        let created = changes.newIssues.values.sorted { $0.id < $1.id }
        return try issueCompanionQueries(created)
            + editQueries(Array(changes.issueEdits.values))
            + labelQueries(attached: changes.attachedLabels, detached: changes.detachedLabels)
            + assigneeQueries(assigned: changes.assigned, unassigned: changes.unassigned)
            + newCommentQueries(changes.newComments)
            + commentEditQueries(changes.commentEdits)
            + commentDeletionQueries(changes.deletedComments)
            + activityQueries(changes.activities)
            + pullQueries(changes)
            // Takes along whatever was attached to them until now.
            + deletionQueries(Array(changes.deletedIssues.values))
            + labelEditQueries(changes)
            + repositoryQueries(changes.repositoryNames)
            + issueVersionQueries(changes.issueVersions, changes.issueHistories)
            + waitingStateQueries(changes.waitingStates)
            + commentVersionQueries(changes.commentVersions, changes.commentHistories)
            + labelVersionQueries(changes)
    }
}
