import Database
import Foundation
import Queue

/// What became of a batch.
package struct SyncReport: Sendable {
    /// Of each event.
    package let outcomes: [(event: UUID, outcome: Outcome)]
    /// Issues and comments that were made in Plane and whose counterparts on GitHub came with the batch.
    package private(set) var adopted: [PlaneMark.Kind] = []
    /// Fields that both sides changed.
    package private(set) var conflicts: [Conflict] = []

    package struct Conflict: Sendable, Hashable {
        package let field: OutboundRules.Field
        /// Whose value stays.
        package let stays: ConflictRule

        package init(_ field: OutboundRules.Field, stays: ConflictRule) { (self.field, self.stays) = (field, stays) }
    }

    init(_ outcomes: [(event: UUID, outcome: Outcome)], _ notes: some Collection<Planner.Note> = []) {
        self.outcomes = outcomes
        for change in notes.lazy.flatMap(\.changes) {
            switch change {
            case .adopted: adopted.append(.issue)
            case .commentAdopted: adopted.append(.comment)
            case .conflict(let field, let stays): conflicts.append(Conflict(field, stays: stays))
            default: break
            }
        }
    }
}

extension Connection {
    /// Processes a batch in one transaction: lock, read, plan, write, complete.
    ///
    /// Whatever its size, a batch usually takes two round trips: the first locks and reads, the second writes and
    /// commits. New issues take one more, pull requests one more, new labels two.
    ///
    /// Statements that may wait for locks on Plane's rows come before the number lock, because others wait for us while
    /// we hold it.
    /// - Throws: `LostClaim` when some of the events have another owner by now, `Missing` when a body was not rendered
    ///   or an earlier delivery decides now, `WorldChanged` when something appeared that was looked for in vain.
    ///   Nothing is written then.
    @discardableResult
    package func sync(
        _ batch: RoutedBatch,
        with renderings: Renderings = Renderings(),
        patience: LockPatience = .usual
    ) throws -> SyncReport {
        try transaction { connection in
            guard !batch.sync.origins.isEmpty else {
                try connection.run(batch.claim.fence)
                try connection.runAndCommit(Self.finishQueries(batch.settled, token: batch.claim.token))
                return SyncReport(batch.settled)
            }
            let targets = try connection.lockPulls(batch, patience)
            var world = try connection.lockAndRead(batch, targets, patience)
            try connection.makeMissingLabels(for: batch.sync, in: &world)
            try connection.readMissingDescriptions(of: batch.sync, into: &world)

            let planner = Planner(batch.sync, in: world, with: renderings)
            guard planner.recalls.isEmpty else { throw Missing.deliveries(planner.recalls) }
            guard planner.missing.isEmpty else { throw Missing.bodies(planner.missing) }

            let writes = planner.writes.queries
            let numbers = try connection.createIssues(planner, after: writes, patience)
            let outcomes = planner.outcomes(numbers: numbers ?? [:]) + batch.settled
            let finish =
                Self.sweepRequests(for: world.doubtful) + Self.finishQueries(outcomes, token: batch.claim.token)
            try connection.runAndCommit(numbers == nil ? writes + finish : finish)
            return SyncReport(outcomes, planner.notes.values)
        }
    }

    /// Locks the pull requests of a batch and finds the issues that they name, so that those can be locked with the
    /// others.
    private func lockPulls(_ batch: RoutedBatch, _ patience: LockPatience) throws -> PullTargets {
        let keys = batch.sync.pullKeys
        guard !keys.isEmpty else { return PullTargets() }
        let (_, _, targets) = try run(
            batch.claim.fence,
            .running(VersionTable.pulls.insertions(keys) + VersionTable.pulls.locks(keys)),
            PullTargets.read(batch.sync),
            after: patience.timeLimits
        )
        return targets
    }

    /// Locks the events that this claim still owns, then the objects they show, and reads what the rules need to know.
    ///
    /// The fence comes first: while we hold the event rows, no other worker can rescue the events. Each kind of object
    /// is locked by its own statements. The reads come last, because a statement sees only what was committed before it
    /// began.
    private func lockAndRead(_ batch: RoutedBatch, _ targets: PullTargets, _ patience: LockPatience) throws -> World {
        let sync = batch.sync
        let locks = Registry.kinds.flatMap { $0.locks(sync, targets) }
        let (_, _, read) = try run(
            batch.claim.fence,
            .running(locks + [Self.lockTimeout(patience.planeRows)]),
            World.read(sync, targets),
            after: patience.timeLimits
        )
        var world = read
        try world.findNewest(in: sync)
        let unfollowed = Set(sync.repositoryIDs).subtracting(world.followers.map(\.repositoryID))
        if !unfollowed.isEmpty { world.absences = try run(Follower.absences(of: unfollowed.sorted())) }
        return world
    }

    /// Creates the labels that the batch needs and the project lacks, and reads the labels again.
    ///
    /// Under the lock of their names they are looked for once more, because another worker may have created them.
    private func makeMissingLabels(for batch: SyncBatch, in world: inout World) throws {
        let wanted = Planner.missingLabels(batch, in: world)
        guard !wanted.isEmpty else { return }
        let read = KnownLabels.read(batch, named: wanted.flatMap { [$0.wantedName, $0.name] })
        world.labels = try run(read, after: NewLabel.locks(wanted))
        let missing = Planner.missingLabels(batch, in: world)
        if !missing.isEmpty { world.labels = try run(read, after: [NewLabel.insertion(of: missing)]) }
    }

    private func readMissingDescriptions(of batch: SyncBatch, into world: inout World) throws {
        let keys = Planner.descriptionsToRead(batch, in: world)
        guard !keys.isEmpty else { return }
        let ids = Dictionary(keys.compactMap { key in world.issues[key].map { (key, $0.id) } }) { first, _ in first }
        let texts = try run(KnownIssues.descriptions(Set(ids.values).sorted()))
        for (key, id) in ids { world.issues[key]?.plane?.html = texts[id] }
    }
}
