import Database
import Foundation
import Queue

extension Connection {
    /// Works on a batch in one transaction: lock, read, plan, write, complete.
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
                try connection.run(batch.claim.fence)
                try connection.runAndCommit(Self.finishQueries(batch.settled, token: batch.claim.token))
                return batch.settled
            }
            let targets = try connection.lockPulls(batch, patience)
            var world = try connection.lockAndRead(batch, targets, patience)
            try connection.makeMissingLabels(for: batch.sync, in: &world)
            try connection.readMissingTexts(of: batch.sync, into: &world)

            let planner = Planner(batch.sync, in: world, with: renderings)
            guard planner.missing.isEmpty else { throw Missing.bodies(planner.missing) }

            let writes = planner.writes.queries
            let numbers = try connection.createIssues(planner, after: writes, patience)
            let outcomes = planner.outcomes(numbers: numbers ?? [:]) + batch.settled
            let finish = Self.finishQueries(outcomes, token: batch.claim.token)
            try connection.runAndCommit(numbers == nil ? writes + finish : finish)
            return outcomes
        }
    }

    /// Locks the pull requests of a batch, which tell whom they name, so that these can be locked with the others.
    private func lockPulls(_ batch: RoutedBatch, _ patience: LockPatience) throws -> PullTargets {
        let keys = batch.sync.pullKeys
        guard !keys.isEmpty else { return PullTargets() }
        let (_, _, targets) = try run(
            batch.claim.fence,
            .running(VersionTable.pulls.insertions(keys) + VersionTable.pulls.locks(keys)),
            PullTargets.read(batch.sync),
            after: patience.limits
        )
        return targets
    }

    /// Locks the event rows that this claim still owns, then what they show, and reads what the rules need to know.
    ///
    /// The fence comes first: while we hold the event rows nobody can rescue them. Kinds of objects are locked one after
    /// the other, in statements of their own: what is read must be read after the locks.
    private func lockAndRead(_ batch: RoutedBatch, _ targets: PullTargets, _ patience: LockPatience) throws -> World {
        let sync = batch.sync
        let labels = Set(sync.labels.map(\.key)).sorted()
        let locks =
            VersionTable.issues.insertions(sync.issueKeys) + VersionTable.comments.insertions(sync.commentKeys)
            + VersionTable.issues.locks(sync.issueKeys, others: targets.keys)
            + VersionTable.comments.locks(sync.commentKeys)
            + VersionTable.labels.insertions(labels) + VersionTable.labels.locks(labels)
            + RepositoryStatements.locks(sync)
        let (_, _, read) = try run(
            batch.claim.fence,
            .running(locks + [Self.lockTimeout(patience.planes)]),
            World.read(sync, targets),
            after: patience.limits
        )
        var world = read
        try world.settle(sync)
        let unfollowed = Set(sync.repositoryIDs).subtracting(world.followers.map(\.repositoryID))
        if !unfollowed.isEmpty { world.absences = try run(Follower.absences(of: unfollowed.sorted())) }
        return world
    }

    /// Makes labels that were not found, unless a look under the lock of their names finds them, and reads again what is
    /// known of labels.
    private func makeMissingLabels(for batch: SyncBatch, in world: inout World) throws {
        let wanted = Planner.missingLabels(batch, in: world)
        guard !wanted.isEmpty else { return }
        let read = KnownLabels.read(batch, named: wanted.flatMap { [$0.wantedName, $0.name] })
        world.labels = try run(read, after: NewLabel.locks(wanted))
        let missing = Planner.missingLabels(batch, in: world)
        if !missing.isEmpty { world.labels = try run(read, after: [NewLabel.insertion(of: missing)]) }
    }

    private func readMissingTexts(of batch: SyncBatch, into world: inout World) throws {
        let keys = Planner.textsToRead(batch, in: world)
        guard !keys.isEmpty else { return }
        let ids = Dictionary(keys.compactMap { key in world.issues[key].map { (key, $0.id) } }) { first, _ in first }
        let texts = try run(IssueRecord.descriptions(Set(ids.values).sorted()))
        for (key, id) in ids { world.issues[key]?.plane?.html = texts[id] }
    }
}
