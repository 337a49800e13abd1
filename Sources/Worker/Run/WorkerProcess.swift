import Base
import Database
import Foundation
import Queue
import Synchronization

/// `plane-worker run`: a claim loop with its slots, and maintenance beside it.
package struct WorkerProcess: Sendable {
    private let config: WorkerConfig
    private let identity: ProcessIdentity
    private let leases: Leases
    private let readiness: WorkerReadiness
    private let queue: QueueGauges
    private let metrics: WorkerMetrics
    private let liveness = Liveness()
    private let notifier: ServiceNotifier?
    private let log: Log

    package init(_ config: WorkerConfig, notifier: ServiceNotifier?, log: Log) {
        identity = .ofThisProcess()
        var config = config
        // For whoever looks at `pg_stat_activity`; PostgreSQL keeps 63 bytes.
        config.database.applicationName = String("plane-worker \(identity.id)".prefix(63))
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
        // Not a child of the task that a signal cancels: /metrics shows how the drain goes, too.
        let monitoring = Task { await monitor?.run() }
        let notifying = Task { await notifier?.run(status: { status }, while: { liveness.isAlive(at: .now) }) }
        defer { notifying.cancel() }
        if let monitor { log(.info, "listening", [.listen: monitor.address]) }
        do {
            try await Signals.cancelling(
                onSecond: { Task.detached { await releaseAndExit() } },
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
        let connection = Connection(config.database)
        try await waitForSchema(connection)

        let wakeUp = WakeUpSignal()
        let watermark = Watermark()
        let maintenance = Maintenance(
            config: config,
            identity: identity,
            leases: leases,
            watermark: watermark,
            connection: connection,
            readiness: readiness,
            metrics: metrics,
            liveness: liveness,
            notifier: notifier,
            log: log,
            endProcess: { await releaseAndExit() }
        )
        let listener = Listener(connection: Connection(config.database), wakeUp: wakeUp, log: log)
        // Not children of this task: leases must be renewed while a cancelled claim loop finishes its batches.
        var background = [Task { await maintenance.run() }]
        // A pooled connection cannot listen.
        if !config.database.pooled { background.append(Task { await listener.run() }) }
        // A job that is cancelled is given back, and goes on elsewhere.
        let jobs = config.github.map { github in
            JobLoop(
                database: config.database,
                github: github,
                sweep: config.sweep,
                lease: config.lease,
                identity: identity,
                metrics: metrics,
                log: log
            )
        }
        let outbound = config.github.map { github in
            OutboundLoop(
                database: config.database,
                github: github,
                identity: identity,
                pages: config.pages,
                lease: config.lease,
                metrics: metrics,
                log: log
            )
        }
        async let jobsEnd: Void? = jobs?.run()
        async let outboundEnd: Void? = outbound?.run()

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
                liveness: liveness,
                log: log
            ).run()
        } onCancel: {
            log(.info, "stopping: finishing what is in hand")
            // Giving back what is left after the drain takes the database a moment, too.
            notifier?.stopping(within: config.drain + Liveness.statementLimit)
            deadline.start(after: config.drain) { await releaseAndExit() }
        }
        await jobsEnd
        await outboundEnd
        background.forEach { $0.cancel() }
        for task in background { await task.value }
        do {
            // Batches that ended while the database was away still have their events.
            _ = try await connection.releaseUnknown(of: identity.id, known: leases.tokens, olderThan: .zero)
            try await connection.signOff(identity)
        } catch {
            log(.warning, "could not sign off; the fleet will show this worker as lost", error: error)
        }
        deadline.cancel()
        log(.info, "stopped")
    }

    /// Waits for a database that is away; one whose schema does not fit ends the program, and one that does not let it in
    /// does so after a while.
    private func waitForSchema(_ connection: Connection) async throws {
        var backoff = Backoff(from: .milliseconds(200), to: .seconds(5))
        let migrations = try Migration.all()
        let patience = StartPatience()
        while true {
            liveness.extend(.claims, by: Liveness.statementLimit)
            do {
                return try await connection.checkSchema(migrations, rights: .worker)
            } catch let error as DatabaseError where [.unavailable, .conflict, .timeout].contains(error.cause) {
                guard patience.allows(error) else { throw error }
                log(.warning, "waiting for the database", error: error)
                try await Task.sleep(for: backoff.next())
            }
        }
    }

    /// Ends the process now: what it still holds becomes pending again, without costing a retry.
    private func releaseAndExit() async {
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

/// Does something when a stop takes too long, unless it is cancelled before.
final class StopDeadline: Sendable {
    private let timer = Mutex<Task<Void, Never>?>(nil)

    func start(after limit: Duration, _ action: @escaping @Sendable () async -> Void) {
        // Detached, because a task that was cancelled starts it.
        let task = Task.detached {
            do {
                try await Task.sleep(for: limit)
            } catch {
                return
            }
            await action()
        }
        timer.withLock { $0 = task }
    }

    func cancel() { timer.withLock { $0?.cancel() } }
}

extension ProgramRights {
    package static let worker = ProgramRights(
        group: "plane_sync_worker",
        tables: [
            ("github_sync.github_webhook_events", "update"), ("github_sync.github_issue_versions", "insert"),
            ("github_sync.github_workers", "insert"), ("public.accounts", "select"), ("public.issues", "insert"),
            ("public.issues", "update"), ("public.issue_comments", "insert"), ("public.issue_activities", "insert"),
            ("public.comment_reactions", "update"),
        ]
    )
}
