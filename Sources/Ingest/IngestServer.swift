import Base
import Database
import Deliveries
import Foundation
import HTTP
import Spool
import Store

/// The running program: the HTTP server in front, the recorders behind, and the queue between them.
struct IngestServer: Sendable {
    private let config: IngestConfig
    private let log: Log
    private let queue = DeliveryQueue()
    private let health = DatabaseHealth()
    private let workerNotifier = WorkerNotifier()
    /// A connection for work that no delivery waits for: heartbeats and notifications.
    private let background: Connection
    private let repositories: ConnectedRepositories
    private let unfollowed = UnfollowedRepositories()
    private let wakes = WakeStore()
    private let metrics: IngestMetrics
    private let tally = NodeTally()
    private let readiness: Readiness
    private let spool: SpoolService?
    private let http: HTTPServer
    private let serviceNotifier: ServiceNotifier?

    /// Opens the spool and binds the address, unless a socket was handed over; clients are served by `run()`.
    /// - Throws: `SpoolProblem`, `HTTPServerError`.
    init(_ config: IngestConfig, socket: InheritedSocket?, notifier: ServiceNotifier?, log: Log) throws {
        self.config = config
        serviceNotifier = notifier
        self.log = log
        background = Connection(config.database)
        let budget = ByteBudget(limit: config.bytesInFlight)
        let repositories = ConnectedRepositories(lifetime: config.repositoryCache)
        self.repositories = repositories
        spool = try config.spool.map { spool in
            try SpoolService(spool, storeLimit: config.storeLimit, repositories: repositories, log: log)
        }
        readiness = Readiness(database: health, spool: spool?.route.contents)
        metrics = IngestMetrics(secrets: config.secrets.uses, queue: queue, spool: spool?.route) {
            budget.bytesInFlight
        }
        let report = RequestReport(metrics: metrics, tally: tally, log: log)
        let intake = Intake(
            queue: queue,
            repositories: repositories,
            unfollowed: unfollowed,
            spool: spool?.route,
            wakes: wakes,
            storeLimit: config.storeLimit,
            report: report
        )
        let admission = Admission(
            routes: Endpoint.routes(takingWakes: config.secrets.takesWakes),
            secrets: config.secrets,
            budget: budget,
            intake: intake,
            report: report,
            readiness: readiness,
            metrics: metrics
        )
        http = try HTTPServer(
            listen: config.listen,
            inherited: socket,
            sharesAddress: config.sharesAddress,
            limits: config.http,
            loops: config.loops,
            service: HTTPService(admit: admission.admit),
            report: { report.record($0) }
        )
        metrics.watch(http)
    }

    /// Serves until the task is cancelled, then finishes what is in hand.
    /// - Throws: `SchemaProblem` when the database turns out not to be ours.
    func run() async throws {
        log(.info, "listening", [.listen: http.address, .version: Version.current])
        let backgroundTasks = Task { await runBackgroundTasks() }
        defer { backgroundTasks.cancel() }
        // Not children of this task, which ends with its cancellation: what came in before that is stored after it, and
        // the spool is there for as long as the recorders may leave something to it.
        let recording = Task.detached {
            defer { spool?.route.queue.close() }
            try await record()
        }
        let spooling = Task.detached { await spool?.write() }
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    await http.run()
                    queue.close()
                    if let fault = http.fault { throw fault }
                }
                group.addTask { try await recording.value }
                group.addTask { await spooling.value }
                // The first to fail cancels the server; the others are waited for in any case.
                while try await group.next() != nil {}
            }
        } onCancel: {
            serviceNotifier?.stopping(within: config.drainLimit + .seconds(3))
            exitAtDrainLimit()
        }
    }

    /// For the operator who will not wait: what has no answer yet gets a 503, then the process ends.
    func stopAtOnce() {
        refuseRemaining()
        Task {
            await http.ping()
            _exit(130)
        }
        // An event loop that hangs must not keep the process.
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { _exit(130) }
    }

    /// Answers 503 to whatever has no answer yet and to what still comes; nothing durable is taken back by it.
    private func refuseRemaining() {
        for queue in [queue, spool?.route.queue].compactMap(\.self) {
            queue.close()
            queue.settleAll()
        }
        wakes.close()
    }

    /// With a spool that takes deliveries the program can work before there is a database.
    private func announceSpool() async {
        await http.ping()
        if readiness.problem == nil { serviceNotifier?.ready() }
    }

    /// Ends the process at the drain limit even where the database hangs.
    ///
    /// What has not been stored by then is answered 503; the connections have half a second to take their answers before
    /// the HTTP server ends, and the process ends a second after that.
    private func exitAtDrainLimit() {
        let limit = config.drainLimit / .seconds(1)
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) { refuseRemaining() }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit + 1.5) {
            log(.warning, "stopped although the database had not answered")
            _exit(0)
        }
    }

    private func record() async throws {
        do {
            guard try await schemaIsChecked() else { return }
        } catch {
            queue.close()
            queue.settleAll()
            wakes.close()
            throw error
        }
        health.succeeded()
        await http.ping()
        serviceNotifier?.ready()
        spool?.route.breaker.close()
        // What the drain has in hand when it is cancelled is still in the spool, and is drained after the next start.
        let draining = Task { await spool?.drain(to: makeStore()) }
        defer { draining.cancel() }
        let waking = Task { await wakes.run(Connection(config.database), log: log) }
        defer { waking.cancel() }
        let heartbeat = NodeHeartbeat(
            process: .ofThisProcess(),
            address: "\(http.address)",
            secretPrints: config.secrets.prints,
            spool: spool?.route,
            tally: tally,
            log: log
        )
        let heartbeats = Task { await heartbeat.run(background) }
        await withTaskGroup { group in
            for number in 0..<config.writers {
                let recorder = Recorder(queue: queue, number: number, store: makeStore(), log: LimitedLog(log))
                group.addTask { await recorder.run() }
            }
        }
        heartbeats.cancel()
        await heartbeats.value
    }

    /// On a database connection of its own.
    private func makeStore() -> DeliveryStore {
        DeliveryStore(
            repositories: repositories,
            connection: Connection(config.database),
            health: health,
            notifier: workerNotifier,
            metrics: metrics.store
        )
    }

    /// Waits for the database where it is away, and checks that it is ours.
    ///
    /// Where the server refuses us for good that is given up after a while, unless the spool has deliveries to keep.
    /// - Returns: false when the program was stopped first.
    private func schemaIsChecked() async throws -> Bool {
        let connection = Connection(config.database)
        let migrations = try Migration.all()
        let limitedLog = LimitedLog(log, pause: .seconds(10))
        let patience = StartPatience()
        var backoff = Backoff(from: .milliseconds(25), to: .seconds(1))
        while !queue.isClosed {
            do {
                try await connection.checkSchema(migrations, rights: .ingest)
                if try await connection.commitsWithoutWaiting() {
                    log(.warning, "synchronous_commit is off for this role; it is set on for each delivery")
                }
                await connection.close()
                return true
            } catch let error as DatabaseError {
                let hasSpooled = spool.map { $0.route.contents.records > 0 } ?? false
                guard hasSpooled || patience.allows(error) else { throw error }
                limitedLog(.warning, "the database cannot be checked yet", reason: "start", [.error: error])
            }
            try await Task.sleep(for: backoff.next())
        }
        return false
    }

    /// What runs beside the deliveries.
    private func runBackgroundTasks() async {
        await withTaskGroup { group in
            group.addTask { await workerNotifier.run(background, sent: metrics.store.notifications) }
            group.addTask { await unfollowed.run(background, log: log) }
            // With a spool, its drain tries the database.
            if spool == nil { group.addTask { await health.watch(Connection(config.database)) } }
            group.addTask {
                while (try? await Task.sleep(for: .milliseconds(100))) != nil {
                    queue.expire(at: .now)
                    wakes.expire(at: .now)
                    spool?.checkDeadlines(of: queue)
                }
            }
            group.addTask { await spool?.watchDisk() }
            if let serviceNotifier {
                if spool != nil { group.addTask { await announceSpool() } }
                group.addTask {
                    await serviceNotifier.run(status: { readiness.status(listening: "\(http.address)") }) {
                        await http.ping()
                        return true
                    }
                }
            }
            if config.secrets.allowsUnsigned {
                group.addTask {
                    repeat {
                        log(.warning, "signatures are not checked: ALLOW_UNSIGNED_WEBHOOKS is true")
                    } while (try? await Task.sleep(for: .seconds(60))) != nil
                }
            }
        }
    }
}
