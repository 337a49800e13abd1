import Base
import Database
import Foundation
import Queue
import Sync

/// One slot of the process: works on one claim at a time, on a connection of its own.
struct BatchWorker: Sendable {
    let connection: Connection
    let retries: RetryPolicy
    let metrics: WorkerMetrics
    var readiness: WorkerReadiness?
    let log: Log

    /// How a claim left the slot.
    enum Ending: Sendable, Equatable {
        /// Every event has its outcome in the database, or belongs to somebody else.
        case recorded
        /// The same, but the server could not do the work for now: the events run again later.
        case delayed
        /// The database did not answer for long: what is still held is given back once it does.
        case unavailable
        /// An attempt failed, and that could not be recorded: its lease has to run out.
        case unrecorded
    }

    /// How long a batch waits for what other sessions hold, and for a database that is away.
    private struct Patience {
        let locks: LockPatience
        let outage: Duration

        static let usual = Patience(locks: .usual, outage: .seconds(30))
        /// When the events of a batch are run one by one: each keeps the others waiting.
        static let short = Patience(locks: .short, outage: .seconds(3))
    }

    /// Works on all events of the claim.
    @discardableResult
    func work(on claim: Claim) async -> Ending {
        await work(on: claim, claimedAt: .now, .usual)
    }

    private func work(on claim: Claim, claimedAt: ContinuousClock.Instant, _ patience: Patience) async -> Ending {
        do {
            try await retryingTransientErrors(of: claim, for: patience.outage) {
                try await attempt($0, claimedAt: claimedAt, patience.locks)
            }
            return .recorded
        } catch {
            metrics.count(error)
            if claim.events.count == 1 { return await recordFailure(of: claim.events[0], token: claim.token, error) }
            // One bad event, or one that somebody has locked, must cost only itself.
            log(.warning, "a batch failed and is run one by one", error: error, [.batch: claim.events.count])
            return await workOneByOne(on: claim, claimedAt: claimedAt)
        }
    }

    private func workOneByOne(on claim: Claim, claimedAt: ContinuousClock.Instant) async -> Ending {
        var ending = Ending.recorded
        // One event may be too much for the server. Several in a row are not to blame: the rest would meet the same
        // obstacle, each after seconds, and are delayed without an attempt.
        var delayedInARow = 0
        for event in claim.events {
            if delayedInARow == 3 {
                let reason = "the server could not work on the events before this one"
                if await delay(event, token: claim.token, reason) == .unavailable {
                    return ending == .recorded ? .unavailable : ending
                }
                continue
            }
            switch await work(on: claim.only(event), claimedAt: claimedAt, .short) {
            case .recorded: delayedInARow = 0
            case .delayed: delayedInARow += 1
            case .unavailable: return ending == .recorded ? .unavailable : ending
            case .unrecorded: ending = .unrecorded
            }
        }
        return ending
    }

    /// Runs a batch once: reads, writes and completes it in one transaction, and then counts and logs what it came to.
    private func attempt(_ claim: Claim, claimedAt: ContinuousClock.Instant, _ patience: LockPatience) async throws {
        let start = ContinuousClock.now
        defer { metrics.syncSeconds.observe(.now - start) }
        let batch = RoutedBatch(claim)
        let report = try await sync(batch, patience)
        if !batch.sync.origins.isEmpty { readiness?.synced() }
        metrics.count(report, of: claim, claimedAt: claimedAt)
        logOutcomes(report.outcomes, of: claim, claimedAt: claimedAt)
    }

    /// Syncs a batch in one transaction, with what is slow, such as rendering, before it.
    ///
    /// A transaction that finds something missing is rolled back, and begins again once that is there.
    private func sync(
        _ batch: RoutedBatch,
        _ patience: LockPatience
    ) async throws -> SyncReport {
        var batch = batch
        var renderings = Renderings()
        await renderings.add(batch.sync.likelyBodies)
        var rounds = 0
        while true {
            do {
                return try await connection.sync(batch, with: renderings, patience: patience)
            } catch let missing as Missing where rounds < 10 {
                rounds += 1
                switch missing {
                case .bodies(let bodies): await renderings.add(bodies)
                case .deliveries(let ids): batch.recall(try await connection.recalled(ids), of: ids)
                }
            }
        }
    }

    /// Runs `body` until it succeeds or fails for a reason that is the events' own.
    ///
    /// Neither a deadlock nor a lost database counts as an attempt: after a deadlock `body` runs again at once, and the
    /// database is waited for, up to `outage`. What was lost to another owner is dropped from the claim.
    func retryingTransientErrors(
        of claim: Claim,
        for outage: Duration,
        _ body: (Claim) async throws -> Void
    ) async throws {
        var claim = claim
        var conflicts = 0
        var backoff = Backoff(from: .milliseconds(100), to: .seconds(5))
        let start = ContinuousClock.now
        while !claim.events.isEmpty {
            do {
                return try await body(claim)
            } catch let lost as LostClaim {
                claim.events.filter { !lost.stillOwned.contains($0.id) }.forEach(logLost)
                claim.events.removeAll { !lost.stillOwned.contains($0.id) }
            } catch let error where Self.isConflict(error) && conflicts < 10 {
                conflicts += 1
                metrics.count(error)
                metrics.conflicts.add()
                await Self.pause(afterConflicts: conflicts)
            } catch let error as DatabaseError
                where error.isOutage && .now - start < (Task.isCancelled ? min(outage, .seconds(3)) : outage)
            {
                log(.warning, "the database is away", error: error)
                metrics.count(error)
                readiness?.obstructed(by: String(describing: error))
                // In a task of its own: what is in hand at a stop may still be finished.
                let wait = backoff.next()
                await Task { () -> Void in try? await Task.sleep(for: wait) }.value
            }
        }
    }

    private static func isConflict(_ error: any Error) -> Bool {
        error is WorldChanged || (error as? DatabaseError)?.cause == .conflict
    }

    /// Two batches that meet again and again should not start again together.
    private static func pause(afterConflicts conflicts: Int) async {
        guard conflicts > 1 else { return }
        try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * conflicts))))
    }

    private func logOutcomes(
        _ outcomes: [(event: UUID, outcome: Outcome)],
        of claim: Claim,
        claimedAt: ContinuousClock.Instant
    ) {
        for (id, outcome) in outcomes {
            let keys = claim.logKeys(of: id)
            switch outcome {
            case .failed(let reason):
                log(.error, "an event failed for good", keys.merging([.error: reason]) { $1 })
            case .completed, .retry, .delayed:
                let facts: Log.Keys = [
                    .status: SyncStatus(outcome).rawValue, .durationSeconds: ContinuousClock.now - claimedAt,
                ]
                log(.debug, "event completed", keys.merging(facts) { $1 })
            }
        }
    }

    func logLost(_ event: ClaimedEvent) {
        log(.warning, "an event has another owner", event.logKeys)
        metrics.lostClaims.add()
    }
}

extension DatabaseError {
    /// The database is away, as opposed to a lock that somebody keeps.
    var isOutage: Bool { cause == .unavailable && !isLockTimeout }
}
