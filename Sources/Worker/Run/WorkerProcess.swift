import Base
import Database
import Foundation
import Queue

/// `plane-worker run`: a claim loop with its slots, and the upkeep beside it.
package struct WorkerProcess: Sendable {
    private let config: WorkerConfig
    private let identity: ProcessIdentity
    private let leases: Leases
    private let readiness: WorkerReadiness
    private let queue: QueueGauges
    private let metrics: WorkerMetrics
    private let pulse = Pulse()
    private let notifier: ServiceNotifier?
    private let log: Log

    package init(_ config: WorkerConfig, notifier: ServiceNotifier?, log: Log) {
        identity = .ofThisProcess()
        var config = config
        config.database.applicationName = identity.applicationName
        config.database.prefersIndexes = true
        self.config = config
        self.notifier = notifier
        leases = Leases(lease: config.lease, timeLimit: config.timeLimit)
        readiness = WorkerReadiness(lease: config.lease)
        queue = QueueGauges(config.database)
        metrics = WorkerMetrics(leases: leases, slots: config.concurrency, queue: queue)
        self.log = log.with([.worker: identity.id])
    }

    /// Works until SIGTERM or SIGINT, finishes what is in hand and signs off.
    ///
    /// A second signal, or the drain deadline, gives back what is held and ends the process.
    /// - Throws: `SchemaProblem` when the database is not one this program can work with; `HTTPServerError` when the
    ///   address for monitoring cannot be had.
    package func run() async throws {
        let monitor = try config.metricsListen.map {
            try MetricsServer(listen: $0, readiness: readiness, queue: queue, metrics: metrics)
        }
        // Not a child of what a signal cancels: how a drain goes is worth a look, too.
        let monitoring = Task { await monitor?.run() }
        let notifying = Task { await notifier?.run(status: { status }, while: { pulse.isAlive(at: .now) }) }
        defer { notifying.cancel() }
        if let monitor { log(.info, "listening", [.listen: monitor.address]) }
        do {
            try await Signals.cancelling(
                onSecond: { Task.detached { await giveBackAndExit() } },
                { try await work() }
            )
        } catch is CancellationError {
            log(.info, "stopped before the database answered")
        }
        monitoring.cancel()
        await monitoring.value
    }

    /// One line for the service manager.
    private var status: String {
        let events = leases.held.reduce(0) { $0 + $1.events.count }
        return readiness.problem(at: .now) ?? (events == 0 ? "Waiting for events" : "Working on \(events) events")
    }

    private func work() async throws {
        let maintenance = Connection(config.database)
        try await waitForSchema(maintenance)

        let wakeUp = WakeUp()
        let watermark = Watermark()
        let upkeep = Upkeep(
            config: config,
            identity: identity,
            leases: leases,
            watermark: watermark,
            connection: maintenance,
            readiness: readiness,
            metrics: metrics,
            pulse: pulse,
            notifier: notifier,
            log: log,
            endProcess: { await giveBackAndExit() }
        )
        let listener = Listener(connection: Connection(config.database), wakeUp: wakeUp, log: log)
        // Not children of this task: leases must be renewed while a cancelled claim loop finishes its batches.
        let beside = [Task { await upkeep.run() }] + (config.database.pooled ? [] : [Task { await listener.run() }])

        log(.info, "working", [.version: Version.current])
        let deadline = StopDeadline()
        await withTaskCancellationHandler {
            await ClaimLoop(
                config: config,
                identity: identity,
                leases: leases,
                wakeUp: wakeUp,
                watermark: watermark,
                readiness: readiness,
                metrics: metrics,
                pulse: pulse,
                log: log
            ).run()
        } onCancel: {
            log(.info, "stopping: finishing what is in hand")
            // What is then given back takes the database a moment, too.
            notifier?.stopping(within: config.drain + Pulse.statements)
            deadline.start(after: config.drain) { await giveBackAndExit() }
        }
        beside.forEach { $0.cancel() }
        for task in beside { await task.value }
        do {
            // What was put back while the database was away.
            _ = try await maintenance.releaseUnknown(of: identity.id, known: leases.tokens, olderThan: .zero)
            try await maintenance.signOff(identity)
        } catch {
            log(.warning, "could not sign off; the fleet will show this worker as lost", error: error)
        }
        deadline.cancel()
        log(.info, "stopped")
    }

    /// A database that is away at the start is waited for; one that does not fit ends the program.
    private func waitForSchema(_ connection: Connection) async throws {
        var backoff = Backoff(from: .milliseconds(200), to: .seconds(5))
        let migrations = try Migration.all()
        while true {
            pulse.beat(.work, within: Pulse.statements)
            do {
                return try await connection.checkSchema(migrations, rights: .worker)
            } catch let error as DatabaseError where [.unavailable, .conflict, .timeout].contains(error.cause) {
                log(.warning, "waiting for the database", error: error)
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    /// The end of patience: what is still held becomes pending again, without costing a retry.
    private func giveBackAndExit() async {
        let held = leases.held
        log(.error, "not finished: giving back what is held", [.count: held.reduce(0) { $0 + $1.events.count }])
        let connection = Connection(config.database)
        for claim in held {
            do {
                try await connection.release(claim)
                for event in claim.events { log(.warning, "an event is given back unfinished", event.logKeys) }
            } catch {
                log(.error, "a claim could not be given back; its lease will run out", error: error)
            }
        }
        exit(1)
    }
}
