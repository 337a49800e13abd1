import Foundation
import Shared

/// One slot of the process: works on one claim at a time, on a connection of its own.
struct BatchWorker: Sendable {
    let connection: Connection
    let retries: RetryPolicy
    let metrics: WorkerMetrics
    let log: Log

    /// Works until every event of the claim has its outcome in the database, or belongs to somebody else.
    func work(on claim: Claim) async {
        await work(on: claim, claimedAt: .now)
    }

    private func work(on claim: Claim, claimedAt: ContinuousClock.Instant) async {
        do {
            try await persistently(claim) { try await attempt($0, claimedAt: claimedAt) }
        } catch {
            metrics.note(error)
            if claim.events.count > 1 {
                // One bad event must cost only itself.
                log(.warning, "a batch failed and is run one by one", error: error, [.batch: claim.events.count])
                for event in claim.events {
                    await work(on: Claim(token: claim.token, events: [event]), claimedAt: claimedAt)
                }
            } else if let event = claim.events.first {
                await fail(event, token: claim.token, error: error)
            }
        }
    }

    private func attempt(_ claim: Claim, claimedAt: ContinuousClock.Instant) async throws {
        let start = ContinuousClock.now
        defer { metrics.syncSeconds.observe(.now - start) }
        let outcomes = try await sync(RoutedBatch(claim))
        metrics.note(outcomes, of: claim, claimedAt: claimedAt)
        tell(outcomes, of: claim, claimedAt: claimedAt)
    }

    /// Works on a batch, with the events of before that turn out to decide what some object looks like.
    private func sync(_ batch: RoutedBatch) async throws -> [(event: UUID, outcome: Outcome)] {
        var batch = batch
        while true {
            do {
                return try await connection.sync(batch)
            } catch let needs as NeedsSnapshots {
                batch.recall(try await connection.recalled(needs.eventIDs), of: needs.eventIDs)
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
            case .completed, .retry:
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

    /// Records a failed attempt: another run later, or the end.
    private func fail(_ event: ClaimedEvent, token: UUID, error: any Error) async {
        var generator = SystemRandomNumberGenerator()
        let reason = String(describing: error)
        let outcome: Outcome
        if let delay = retries.delay(afterRetries: event.retries, using: &generator) {
            outcome = .retry(after: delay, reason: reason)
            log(.warning, "an event failed and will run again", error: error, event.logKeys)
        } else {
            outcome = .failed(reason: reason)
            log(.error, "an event failed for good", error: error, event.logKeys)
        }
        do {
            try await persistently(Claim(token: token, events: [event])) { _ in
                try await connection.finish(event.id, outcome, token: token)
            }
            metrics.syncs.add(SyncStatus(outcome))
        } catch {
            metrics.note(error)
            log(.error, "a failure could not be recorded; the lease will run out", error: error, event.logKeys)
        }
    }

    /// Runs `body` until it succeeds or fails for a reason that is the events' own.
    ///
    /// Neither a deadlock nor a lost database counts as an attempt: the first is run again at once, the second waited
    /// for. What was lost to another owner is dropped from the claim.
    private func persistently(_ claim: Claim, _ body: (Claim) async throws -> Void) async throws {
        var claim = claim
        var conflicts = 0
        var pause = Pause(from: .milliseconds(100), to: .seconds(5))
        while !claim.events.isEmpty {
            do {
                return try await body(claim)
            } catch let lost as LostClaim {
                for event in claim.events where !lost.stillOwned.contains(event.id) {
                    log(.warning, "an event has another owner", event.logKeys)
                    metrics.lostClaims.add()
                }
                claim.events.removeAll { !lost.stillOwned.contains($0.id) }
            } catch is WorldChanged where conflicts < 10 {
                conflicts += 1
                metrics.conflicts.add()
            } catch let error as DatabaseError where error.isConflict && conflicts < 10 {
                conflicts += 1
                metrics.note(error)
                metrics.conflicts.add()
            } catch let error as DatabaseError where error.isUnavailable && !Task.isCancelled {
                log(.warning, "the database is away", error: error)
                metrics.note(error)
                try? await Task.sleep(for: pause.next())
            }
        }
    }
}
