import Base
import Database
import Foundation
import HTTP

/// The running program: the HTTP server in front, the recorders behind, and the queue between them.
struct IngestServer: Sendable {
    private let config: IngestConfig
    private let log: Log
    private let queue = DeliveryQueue()
    private let readiness: Readiness
    private let wakeup = Wakeup()
    /// For what no delivery waits for.
    private let side: Connection
    private let repositories: ConnectedRepositories
    private let metrics: IngestMetrics
    private let spool: SpoolService?
    private let http: HTTPServer
    private let notifier: ServiceNotifier?

    /// Opens the spool and binds the address, unless a socket was handed over; clients are served by `run()`.
    /// - Throws: `SpoolProblem`, `HTTPServerError`.
    init(_ config: IngestConfig, socket: InheritedSocket?, notifier: ServiceNotifier?, log: Log) throws {
        self.config = config
        self.notifier = notifier
        self.log = log
        side = Connection(config.database)
        let budget = ByteBudget(limit: config.bytesInFlight)
        repositories = ConnectedRepositories(lifetime: config.repositoryCache)
        if let settings = config.spool {
            spool = try SpoolService(settings, storeLimit: config.storeLimit, repositories: repositories, log: log)
        } else {
            spool = nil
        }
        readiness = Readiness(spool: spool?.route.contents)
        metrics = IngestMetrics(secrets: config.secrets.uses, queue: queue, budget: budget, spool: spool?.route)
        let intake = Intake(
            secrets: config.secrets,
            budget: budget,
            metrics: metrics,
            queue: queue,
            repositories: repositories,
            readiness: readiness,
            spool: spool?.route,
            storeLimit: config.storeLimit,
            log: log
        )
        http = try HTTPServer(
            listen: config.listen,
            inherited: socket,
            limits: config.http,
            loops: config.loops,
            service: HTTPService(admit: intake.admit),
            report: intake.report
        )
        metrics.watch(http)
    }

    /// Serves until the task is cancelled, then finishes what is in hand.
    /// - Throws: `SchemaProblem` when the database turns out not to be ours.
    func run() async throws {
        log(.info, "listening", [.listen: http.address, .version: Version.current])
        let helpers = Task { await help() }
        defer { helpers.cancel() }
        // No children: what came in before the end is stored after it, and goes to the spool as long as the database may
        // leave something.
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
            notifier?.stopping(within: config.drainLimit + .seconds(3))
            giveUpLate()
        }
    }

    /// For who will not wait: what is in hand gets its 503, then the process ends.
    func stopAtOnce() {
        refuseRest()
        Task {
            await http.ping()
            _exit(130)
        }
        // A loop that hangs must not keep it.
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { _exit(130) }
    }

    /// Answers 503 to whatever has no answer yet and to what still comes; nothing durable is taken back by it.
    private func refuseRest() {
        for queue in [queue, spool?.route.queue].compactMap(\.self) {
            queue.close()
            queue.settleAll()
        }
    }

    /// One line for the service manager.
    private var status: String {
        let spooled = spool?.route.contents.records ?? 0
        let waiting = spooled == 0 ? "" : ", \(spooled) deliveries wait in the spool"
        guard case .notReady(let reason) = readiness.answer else { return "Listening on \(http.address)\(waiting)" }
        return "Listening on \(http.address)\(waiting). \(reason)"
    }

    /// With a spool that takes deliveries the program can work before there is a database.
    private func announceSpool() async {
        await http.ping()
        if readiness.answer == .ready { notifier?.ready() }
    }

    /// A database that hangs must not keep the process: what it has not taken by then is answered 503, and the connections
    /// have half a second to take their answers before the HTTP server ends, a second before the process does.
    private func giveUpLate() {
        let limit = config.drainLimit / .seconds(1)
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) { refuseRest() }
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
            throw error
        }
        readiness.succeeded()
        await http.ping()
        notifier?.ready()
        spool?.route.circuit.close()
        // What is in its hand at the end is drained again after the next start.
        let draining = Task { await spool?.drain(to: makeStore()) }
        defer { draining.cancel() }
        let node = IngestNode(process: .ofThisProcess(), listen: "\(http.address)")
        let report = NodeReport(node: node, spool: spool?.route, log: log)
        let reporting = Task { await report.run(side) }
        await withTaskGroup { group in
            for number in 0..<config.writers {
                let recorder = Recorder(queue: queue, number: number, store: makeStore(), log: LimitedLog(log))
                group.addTask { await recorder.run() }
            }
        }
        reporting.cancel()
        await reporting.value
    }

    /// On a database connection of its own.
    private func makeStore() -> DeliveryStore {
        DeliveryStore(
            repositories: repositories,
            connection: Connection(config.database),
            readiness: readiness,
            wakeup: wakeup,
            metrics: metrics
        )
    }

    /// Waits for a database that is away; deliveries get their 503 meanwhile.
    /// - Returns: false when the program was stopped first.
    private func schemaIsChecked() async throws -> Bool {
        let connection = Connection(config.database)
        let migrations = try Migration.all()
        let limitedLog = LimitedLog(log, pause: .seconds(10))
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
                limitedLog(.warning, "the database cannot be checked yet", reason: "start", [.error: error])
            }
            try await Task.sleep(for: backoff.next())
        }
        return false
    }

    /// What runs beside the deliveries.
    private func help() async {
        await withTaskGroup { group in
            group.addTask { await wakeup.run(side, sent: metrics.notifications) }
            // With a spool, its drain is the one to ask.
            if spool == nil { group.addTask { await readiness.watch(Connection(config.database)) } }
            group.addTask {
                while (try? await Task.sleep(for: .milliseconds(100))) != nil {
                    queue.expire(at: .now)
                    spool?.look(at: queue)
                }
            }
            group.addTask { await spool?.watchDisk() }
            if let notifier {
                if spool != nil { group.addTask { await announceSpool() } }
                group.addTask {
                    await notifier.run(status: { status }) {
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
