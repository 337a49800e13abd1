import Base
import Database
import Foundation
import Queue

/// The one claimer of a process: feeds its slots, and sleeps when there is nothing to do.
struct ClaimLoop: Sendable {
    let config: WorkerConfig
    let identity: ProcessIdentity
    let leases: Leases
    let wakeUp: WakeUpSignal
    let watermark: Watermark
    let readiness: WorkerReadiness
    let metrics: WorkerMetrics
    let liveness: Liveness
    let log: Log

    /// Runs until the task is cancelled, then finishes what is in hand.
    func run() async {
        let claimer = Connection(config.database)
        await withTaskGroup(of: BatchWorker.self) { busy in
            var free = (1...config.concurrency).map { _ in slot() }
            var throttled: [Int64] = []
            var idle = Backoff(from: .milliseconds(20), to: .seconds(1))
            var failing = Backoff(from: .milliseconds(100), to: .seconds(5))
            while !Task.isCancelled {
                guard let slot = free.last, let budget = PayloadBudget(limit: config.batchBytes, inHand: leases.bytes)
                else {
                    if let slot = await nextFree(of: &busy) { free.append(slot) }
                    continue
                }
                liveness.extend(.claims, by: Liveness.statementLimit)
                guard leases.canRenew else {
                    await wakeUp.wait(upTo: failing.next())
                    continue
                }
                do {
                    let (claimed, ready) = try await claim(budget, past: &throttled, with: claimer)
                    failing.reset()
                    if !claimed.events.isEmpty { idle.reset() }
                    if !ready.events.isEmpty {
                        free.removeLast()
                        leases.hold(ready)
                        // Events that may take the process down are worked on while nothing else can go down with it.
                        if ready.mayCrash { while let slot = await nextFree(of: &busy) { free.append(slot) } }
                        busy.addTask {
                            await work(on: ready, in: slot)
                            return slot
                        }
                        if ready.mayCrash { while let slot = await nextFree(of: &busy) { free.append(slot) } }
                    } else if throttled.isEmpty {
                        await wakeUp.wait(upTo: idle.next())
                    }
                    if !throttled.isEmpty { throttled = await throttlePending(throttled, with: claimer) }
                } catch {
                    leases.expect(nil)
                    log(.warning, "nothing could be claimed", error: error)
                    metrics.count(error)
                    await wakeUp.wait(upTo: failing.next())
                }
            }
            // What the slots have in hand is waited for at the end of the group.
            liveness.extend(.claims, by: config.drain + Liveness.statementLimit)
        }
    }

    private func slot() -> BatchWorker {
        BatchWorker(
            connection: Connection(config.database),
            retries: config.retries,
            metrics: metrics,
            readiness: readiness,
            log: log
        )
    }

    /// Waits until a slot is done with its batch; nil when all are free.
    private func nextFree(of busy: inout TaskGroup<BatchWorker>) async -> BatchWorker? {
        // A batch may take as long as the time limit; then maintenance ends the process.
        liveness.extend(.claims, by: config.timeLimit + Liveness.statementLimit)
        return await busy.next()
    }

    /// Claims a batch, passing over `throttled` repositories, and applies the rate limits of those in it; repositories
    /// whose limit is used up are added to `throttled`.
    /// - Returns: what was claimed, and what of it may be worked on now.
    private func claim(
        _ budget: PayloadBudget,
        past throttled: inout [Int64],
        with claimer: Connection
    ) async throws -> (claimed: Claim, ready: Claim) {
        let begin = ContinuousClock.now
        let start = watermark.start
        let token = UUID()
        leases.expect(token)
        let claimed = try await claimer.claim(
            limit: config.batch,
            budget: budget,
            worker: identity.id,
            lease: config.lease,
            maxRetries: config.retries.maxRetries,
            token: token,
            past: throttled,
            from: start
        )
        readiness.succeeded(at: .now)
        // An event that may crash was taken out of its order, and throttled ones were passed over: the events before
        // them must still be found.
        if let first = claimed.watermark, !claimed.mayCrash, throttled.isEmpty {
            watermark.advance(from: start, to: first)
        }
        let duration = ContinuousClock.now - begin
        let (ready, exceeded) = try await claimer.throttle(claimed)
        throttled += exceeded
        metrics.count(ready, after: duration)
        logClaim(claimed, ready)
        return (claimed, ready)
    }

    private func work(on claim: Claim, in slot: BatchWorker) async {
        #if DEBUG
        if config.testHooks { TestHooks.obey(claim) }
        #endif
        if await slot.work(on: claim) == .unrecorded { leases.leaveToExpire(claim) } else { leases.remove(claim) }
    }

    /// Applies the rate limits of busy repositories to their events at the head of the queue, a portion at a time, so that
    /// claims need not pass over them.
    /// - Returns: the repositories, while there may be more of such events.
    private func throttlePending(_ repositories: [Int64], with claimer: Connection) async -> [Int64] {
        do {
            let count = try await claimer.throttlePending(repositories)
            log(.debug, "events wait for their repository's turn", [.count: count])
            return count > 0 ? repositories : []
        } catch {
            // The claims find them, one batch after the other.
            log(.warning, "events of a busy repository could not be put off", error: error)
            metrics.count(error)
            return []
        }
    }

    private func logClaim(_ claimed: Claim, _ ready: Claim) {
        guard log.writes(.debug) else { return }
        let readyIDs = Set(ready.events.map(\.id))
        for event in claimed.events {
            if readyIDs.contains(event.id) {
                log(.debug, "event claimed", event.logKeys)
            } else {
                log(.debug, "event waits for its repository's turn", event.logKeys)
            }
        }
    }
}
