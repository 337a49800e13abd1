import Base
import Database
import HTTP
import Synchronization

/// `plane-worker dashboard`: the pages, in a process of their own so that none of them costs a delivery.
package struct DashboardProcess: Sendable {
    private let config: DashboardConfig
    private let http: HTTPServer
    private let health = DashboardHealth()
    private let broadcaster: Broadcaster
    private let notifier: ServiceNotifier?
    private let log: Log

    /// Binds the address; pages are served by `run()`.
    /// - Throws: `HTTPServerError`, which names the address.
    package init(_ config: DashboardConfig, notifier: ServiceNotifier?, log: Log) throws {
        self.config = config
        self.notifier = notifier
        self.log = log
        let overview = OverviewSource(config.database, site: config.site)
        broadcaster = Broadcaster(overview)
        var limits = HTTPLimits()
        limits.connections = 1_000
        limits.trustedProxies = config.signIn.trustedProxies
        limits.drainDeadline = .seconds(5)
        // A page may take as long as its statements, and an answer is as large as a delivery at most.
        let statistics = LateStatistics()
        let service = DashboardService(
            config,
            data: DashboardData(config.database),
            overview: overview,
            broadcaster: broadcaster,
            health: health,
            metrics: DashboardMetrics { statistics.current },
            log: log
        )
        http = try HTTPServer(
            listen: config.listen,
            limits: limits,
            loops: 1,
            service: HTTPService(admit: service.admit),
            report: { event in
                if case .cannotAccept(let code) = event {
                    log(.warning, "a connection could not be accepted", [.error: String(code)])
                }
            }
        )
        statistics.watch(http)
    }

    /// Serves until SIGTERM or SIGINT, then finishes the answers in hand; streams end at once.
    /// - Throws: `SchemaProblem` when the database turns out not to be ours; `HTTPServerError` when the socket is lost.
    package func run() async throws {
        log(.info, "listening", [.listen: http.address, .version: Version.current])
        let notifying = Task {
            await notifier?.run(status: { health.problem ?? "Serving pages at \(http.address)" }) {
                await http.ping()
                return true
            }
        }
        defer { notifying.cancel() }
        do {
            try await Signals.cancelling { try await serve() }
        } catch is CancellationError {
            log(.info, "stopped before the database answered")
        }
    }

    private func serve() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                await http.run()
                if let fault = http.fault { throw fault }
            }
            group.addTask { try await waitForSchema() }
            group.addTask { await broadcaster.run() }
            while try await group.next() != nil {}
        }
    }

    /// Until then pages say that the database does not answer.
    private func waitForSchema() async throws {
        let connection = Connection(config.database)
        let migrations = try Migration.all()
        let patience = StartPatience()
        var backoff = Backoff(from: .milliseconds(200), to: .seconds(5))
        while true {
            do {
                try await connection.checkSchema(migrations)
                health.set(nil)
                await connection.close()
                notifier?.ready()
                return
            } catch let error as DatabaseError where [.unavailable, .conflict, .timeout].contains(error.cause) {
                guard patience.allows(error) else { throw error }
                log(.warning, "waiting for the database", error: error)
                health.set("This page comes back as soon as the database does.")
                try await Task.sleep(for: backoff.next())
            }
        }
    }
}

/// The statistics of a server that is made after what shows them.
private final class LateStatistics: Sendable {
    private let server = Mutex<HTTPServer?>(nil)

    func watch(_ http: HTTPServer) { server.withLock { $0 = http } }

    var current: HTTPStatistics? { server.withLock { $0 }?.statistics }
}
