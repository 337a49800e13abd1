import Base
import Database
import Foundation
import Queue

/// The one claimer of a process: feeds its slots, and sleeps when there is nothing to do.
struct ClaimLoop: Sendable {
    let config: WorkerConfig
    let identity: ProcessIdentity
    let leases: Leases
    let wakeUp: WakeUp
    let watermark: Watermark
    let readiness: WorkerReadiness
    let metrics: WorkerMetrics
    let pulse: Pulse
    let log: Log

    /// Runs until the task is cancelled, then finishes what is in hand.
    func run() async {
        let claimer = Connection(config.database)
        var idle = Backoff(from: .milliseconds(20), to: .seconds(1))
        var broken = Backoff(from: .milliseconds(100), to: .seconds(5))
        var crowded: [Int64] = []
        await withTaskGroup(of: BatchWorker.self) { slots in
            var free = (1...config.concurrency).map { _ in
                BatchWorker(
                    connection: Connection(config.database),
                    retries: config.retries,
                    metrics: metrics,
                    readiness: readiness,
                    log: log
                )
            }
            // A slot may take this long; then the upkeep ends the process.
            let forSlots = config.timeLimit + Pulse.statements
            while !Task.isCancelled {
                pulse.beat(.work, within: free.isEmpty ? forSlots : Pulse.statements)
                guard let room = PayloadRoom(limit: config.batchBytes, inHand: leases.bytes), let slot = free.popLast()
                else {
                    if let done = await slots.next() { free.append(done) }
                    continue
                }
                guard leases.areKept else {
                    free.append(slot)
                    await wakeUp.wait(upTo: broken.next())
                    continue
                }
                do {
                    let start = ContinuousClock.now
                    let token = UUID()
                    let from = watermark.start
                    leases.expect(token)
                    let claimed = try await claimer.claim(
                        limit: config.batch,
                        room: room,
                        worker: identity.id,
                        lease: config.lease,
                        maxRetries: config.retries.maxRetries,
                        token: token,
                        past: crowded,
                        from: from
                    )
                    readiness.succeeded(at: .now)
                    // A suspect was taken out of its turn, and crowded ones were passed over: they stay to be found.
                    if let front = claimed.front, !claimed.isSuspect, crowded.isEmpty {
                        watermark.advance(from: from, to: front)
                    }
                    let duration = ContinuousClock.now - start
                    let (claim, excess) = try await claimer.giveTurns(to: claimed)
                    crowded += excess
                    metrics.note(claim, after: duration)
                    tell(claim, of: claimed)
                    broken.reset()
                    if !claimed.events.isEmpty { idle.reset() }
                    guard !claim.events.isEmpty else {
                        free.append(slot)
                        if crowded.isEmpty {
                            await wakeUp.wait(upTo: idle.next())
                        } else {
                            crowded = await clearHead(of: crowded, with: claimer)
                        }
                        continue
                    }
                    leases.hold(claim)
                    if claim.isSuspect { pulse.beat(.work, within: forSlots) }
                    // What may take the process down is worked on while nothing else can go down with it.
                    if claim.isSuspect { while let done = await slots.next() { free.append(done) } }
                    slots.addTask {
                        #if DEBUG
                        if config.testHooks { TestHooks.obey(claim) }
                        #endif
                        let ending = await slot.work(on: claim)
                        if ending == .unrecorded { leases.abandon(claim) } else { leases.letGo(claim) }
                        return slot
                    }
                    if claim.isSuspect {
                        pulse.beat(.work, within: forSlots)
                        while let done = await slots.next() { free.append(done) }
                    }
                    if !crowded.isEmpty { crowded = await clearHead(of: crowded, with: claimer) }
                } catch {
                    leases.expect(nil)
                    free.append(slot)
                    log(.warning, "nothing could be claimed", error: error)
                    metrics.note(error)
                    await wakeUp.wait(upTo: broken.next())
                }
            }
            // What the slots have in hand is waited for at the end of the group.
            pulse.beat(.work, within: config.drain + Pulse.statements)
        }
    }

    /// What was claimed, and what of it has to wait for its repository's turn.
    private func tell(_ ready: Claim, of claimed: Claim) {
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

    /// Takes what busy repositories have too much of out of the others' way, a portion at a time.
    /// - Returns: the repositories, while there may be more of them.
    private func clearHead(of crowded: [Int64], with claimer: Connection) async -> [Int64] {
        do {
            let count = try await claimer.giveTurnsAhead(crowded)
            log(.debug, "events wait for their repository's turn", [.count: count])
            return count > 0 ? crowded : []
        } catch {
            // The claims find them, one batch after the other.
            log(.warning, "events of a busy repository could not be put off", error: error)
            metrics.note(error)
            return []
        }
    }
}
