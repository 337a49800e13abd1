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
        case settled
        /// The same, and the server could not do the work for now: the events wait.
        case putOff
        /// The database did not answer for long: what is still held is to be given back once it does.
        case away
        /// An attempt failed, and that could not be recorded: its lease has to run out.
        case unrecorded
    }

    /// How patient to be with whatever is in the way before the claim is put off.
    private struct Patience {
        let locks: LockPatience
        let outage: Duration

        static let usual = Patience(locks: .usual, outage: .seconds(30))
        /// When a batch is run one by one: the others wait too.
        static let short = Patience(locks: .short, outage: .seconds(3))
    }

    /// Works on all events of the claim.
    @discardableResult
    func work(on claim: Claim) async -> Ending {
        await work(on: claim, claimedAt: .now, .usual)
    }

    private func work(on claim: Claim, claimedAt: ContinuousClock.Instant, _ patience: Patience) async -> Ending {
        do {
            try await persistently(claim, for: patience.outage) {
                try await attempt($0, claimedAt: claimedAt, patience.locks)
            }
            return .settled
        } catch {
            metrics.note(error)
            if claim.events.count == 1 { return await settle(claim.events[0], token: claim.token, error) }
            // One bad event, or one that somebody has locked, must cost only itself.
            log(.warning, "a batch failed and is run one by one", error: error, [.batch: claim.events.count])
            return await workOneByOne(on: claim, claimedAt: claimedAt)
        }
    }

    private func workOneByOne(on claim: Claim, claimedAt: ContinuousClock.Instant) async -> Ending {
        var ending = Ending.settled
        // One event may be what is too much for the server; several in a row are not to blame, and the rest would only
        // find out the same, each after seconds.
        var inTheWay = 0
        for event in claim.events {
            let isHopeless = inTheWay == 3
            let one =
                isHopeless
                ? await putOff(event, token: claim.token, "the server could not work on the events before this one")
                : await work(on: claim.only(event), claimedAt: claimedAt, .short)
            switch one {
            case .settled: if !isHopeless { inTheWay = 0 }
            case .putOff: inTheWay += 1
            case .away: return ending == .settled ? .away : ending
            case .unrecorded: ending = .unrecorded
            }
        }
        return ending
    }

    /// One run of a batch: what is slow comes before the transaction, and what that finds missing before the next.
    private func attempt(_ claim: Claim, claimedAt: ContinuousClock.Instant, _ patience: LockPatience) async throws {
        let start = ContinuousClock.now
        defer { metrics.syncSeconds.observe(.now - start) }
        let batch = RoutedBatch(claim)
        let outcomes = try await sync(batch, patience)
        if !batch.sync.origins.isEmpty { readiness?.synced() }
        metrics.note(outcomes, of: claim, claimedAt: claimedAt)
        tell(outcomes, of: claim, claimedAt: claimedAt)
    }

    /// Runs a batch until its transaction finds nothing missing any more.
    private func sync(
        _ batch: RoutedBatch,
        _ patience: LockPatience
    ) async throws -> [(event: UUID, outcome: Outcome)] {
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

    private func tell(
        _ outcomes: [(event: UUID, outcome: Outcome)],
        of claim: Claim,
        claimedAt: ContinuousClock.Instant
    ) {
        for (id, outcome) in outcomes {
            switch outcome {
            case .failed(let reason):
                log(.error, "an event failed for good", claim.logKeys(of: id).merging([.error: reason]) { $1 })
            case .completed, .retry, .delayed:
                log(
                    .debug,
                    "event completed",
                    claim.logKeys(of: id).merging([
                        .status: SyncStatus(outcome).rawValue, .durationSeconds: ContinuousClock.now - claimedAt,
                    ]) { $1 }
                )
            }
        }
    }

    /// Runs `body` until it succeeds or fails for a reason that is the events' own.
    ///
    /// Neither a deadlock nor a lost database counts as an attempt: the first is run again soon, the second waited for, up
    /// to `outage`. What was lost to another owner is dropped from the claim.
    func persistently(
        _ claim: Claim,
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
                claim.events.filter { !lost.stillOwned.contains($0.id) }.forEach(tellLost)
                claim.events.removeAll { !lost.stillOwned.contains($0.id) }
            } catch is WorldChanged where conflicts < 10 {
                conflicts += 1
                metrics.conflicts.add()
                await Self.breathe(after: conflicts)
            } catch let error as DatabaseError where error.cause == .conflict && conflicts < 10 {
                conflicts += 1
                metrics.note(error)
                metrics.conflicts.add()
                await Self.breathe(after: conflicts)
            } catch let error as DatabaseError
                where error.cause == .unavailable && !error.isLockTimeout
                && .now - start < (Task.isCancelled ? min(outage, .seconds(3)) : outage)
            {
                log(.warning, "the database is away", error: error)
                metrics.note(error)
                readiness?.obstructed(by: String(describing: error))
                // In a task of its own: what is in hand at a stop may still be finished.
                let wait = backoff.next()
                await Task { () -> Void in try? await Task.sleep(for: wait) }.value
            }
        }
    }

    /// Two that meet again and again should not start again together.
    private static func breathe(after conflicts: Int) async {
        guard conflicts > 1 else { return }
        try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * conflicts))))
    }

    func tellLost(_ event: ClaimedEvent) {
        log(.warning, "an event has another owner", event.logKeys)
        metrics.lostClaims.add()
    }
}
