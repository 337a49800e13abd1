import Base
import Database
import Foundation
import Queue

/// What a process does beside its events: it renews its leases, shows that it lives, and takes back what dead workers
/// held.
struct Maintenance: Sendable {
    let config: WorkerConfig
    let identity: ProcessIdentity
    let leases: Leases
    let watermark: Watermark
    let connection: Connection
    let readiness: WorkerReadiness
    let metrics: WorkerMetrics
    let liveness: Liveness
    let notifier: ServiceNotifier?
    let log: Log
    /// Ends a process that has a slot which does not come back.
    let endProcess: @Sendable () async -> Void

    /// Leases that may run out before an event is given up.
    static let crashLimit = 3

    /// Runs until the task is cancelled.
    ///
    /// Leases are renewed three times in their life and looked for ten times, so that what a dead worker held is due
    /// again soon after its lease.
    func run() async {
        var nextRenewal = ContinuousClock.now
        var nextRescue = ContinuousClock.now
        let limitedLog = LimitedLog(log, pause: .seconds(3600))
        while !Task.isCancelled {
            liveness.extend(.maintenance, by: Liveness.statementLimit)
            do {
                if ContinuousClock.now >= nextRenewal {
                    try await renew()
                    nextRenewal = .now + config.lease * 0.3
                }
                if ContinuousClock.now >= nextRescue {
                    liveness.extend(.maintenance, by: Liveness.statementLimit)
                    try await rescue()
                }
                watermark.move(to: try await connection.oldestDue())
            } catch {
                log(.warning, "leases could not be kept up", error: error)
                // Another host may answer next, with another clock.
                watermark.move(to: nil)
                metrics.count(error)
                // Nobody could renew while the database was away: first every worker gets the time to.
                nextRenewal = .now
                nextRescue = .now + config.lease * 0.5
            }
            await endStuckProcess()
            await fill(limitedLog)
            // Jitter, so that a fleet does not rescue in step.
            try? await Task.sleep(for: min(config.lease * 0.1, .seconds(5)) * Double.random(in: 0.7...1.3))
        }
    }

    private func renew() async throws {
        let held = leases.held.map(\.token)
        if !held.isEmpty { _ = try await connection.renew(held, lease: config.lease) }
        let lost = try await connection.releaseUnknown(of: identity.id, known: leases.tokens)
        for event in lost {
            log(.warning, "gave back an event: the answer to its claim was lost", [.eventID: event.text])
        }
        try await connection.heartbeat(of: identity, concurrency: config.concurrency)
        leases.renewed()
        readiness.succeeded(at: .now)
        notifier?.ready()
    }

    private func rescue() async throws {
        let rescued = try await connection.rescue(crashLimit: Self.crashLimit)
        for event in rescued {
            metrics.rescued.add(event.status)
            if event.status == .failed {
                log(.error, "gave up an event whose leases keep running out", event.logKeys)
            } else {
                log(.warning, "took back an event whose lease ran out", event.logKeys)
            }
        }
        let evicted = try await connection.evictFrozen(except: identity.id, lease: config.lease)
        if evicted > 0 { log(.warning, "ended connections of a worker that is frozen", [.count: evicted]) }
    }

    /// Fills in what older programs left out and keeps the statistics, a little at a time, so that leases are renewed
    /// meanwhile.
    private func fill(_ limitedLog: LimitedLog) async {
        liveness.extend(.maintenance, by: Liveness.statementLimit)
        do {
            try await connection.fillSubjects(until: .now + .milliseconds(300))
            try await connection.countEvents()
            try await connection.countReceipts()
            try await connection.addUpStatistics()
        } catch {
            guard (error as? DatabaseError)?.cause != .unavailable else { return }
            limitedLog(.warning, "older events could not be filled in", reason: "fill", [.error: "\(error)"])
        }
    }

    private func endStuckProcess() async {
        let stuck = leases.stuck.flatMap(\.events)
        guard !stuck.isEmpty else { return }
        for event in stuck {
            log(.error, "an event takes longer than the time limit; its lease will run out", event.logKeys)
        }
        await endProcess()
    }
}

extension Connection {
    /// Enters this process into `github_workers`, or says there that it still runs.
    fileprivate func heartbeat(of worker: ProcessIdentity, concurrency: Int) throws {
        try run(
            """
            insert into github_sync.github_workers (id, host, process_id, version, concurrency)
            values (\(worker.id), \(worker.host), \(worker.processID), \(Version.current.description), \(concurrency))
            on conflict (id) do update set heartbeat_at = now()
            """
        )
    }

    /// Marks an orderly end.
    func signOff(_ worker: ProcessIdentity) throws {
        try run("update github_sync.github_workers set stopped_at = now() where id = \(worker.id)")
    }
}
