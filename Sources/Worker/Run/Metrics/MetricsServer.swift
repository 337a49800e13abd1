import Base
import HTTP

/// `/healthz`, `/readyz` and `/metrics` of a worker.
struct MetricsServer: Sendable {
    /// With the port that was chosen where 0 was asked for.
    let address: ListenAddress
    private let http: HTTPServer

    /// Binds the address; clients are served by `run()`.
    init(
        listen: ListenAddress,
        readiness: WorkerReadiness,
        queue: QueueGauges,
        metrics: WorkerMetrics
    ) throws(HTTPServerError) {
        var limits = HTTPLimits()
        // Enough for probes and a few scrapers; more would only take descriptors from the database.
        limits.connections = 100
        limits.connectionsPerAddress = 100
        // A scrape takes no longer than its page may wait.
        limits.drainDeadline = .seconds(2)
        let cache = MetricsPageCache()
        http = try HTTPServer(
            listen: listen,
            limits: limits,
            loops: 1,
            service: HTTPService { head in
                switch Self.routes.match(method: head.method, path: head.path) {
                case .notFound: .respond(.notFound)
                case .notAllowed(let methods): .respond(.notAllowed(methods: methods))
                case .found(.health, _, _): .respond(.text(200, "ok\n"))
                case .found(.readiness, _, _): .respond(Self.readiness(readiness.problem(at: .now)))
                case .found(.metrics, _, _):
                    .receive(into: MetricsPage(queue: queue, metrics: metrics, cache: cache), limit: 0)
                }
            }
        )
        address = listen.with(port: UInt16(http.port))
    }

    /// Serves until the task is cancelled.
    func run() async { await http.run() }

    private static func readiness(_ problem: String?) -> HTTPResponse {
        problem.map { .error(503, code: "not_ready", detail: $0) } ?? .text(200, "ready\n")
    }

    private enum Page { case health, readiness, metrics }

    private static let routes = HTTPRoutes([
        HTTPRoute(["GET"], "/healthz", for: .anyone, to: Page.health),
        HTTPRoute(["GET"], "/readyz", for: .anyone, to: Page.readiness),
        HTTPRoute(["GET"], "/metrics", for: .anyone, to: Page.metrics),
    ])
}

/// Answers a scrape once the figures of the queue are there, or without them when they do not come in time.
///
/// The page is made at most once a second, however many clients ask for it, to leave the time to the events.
private final class MetricsPage: HTTPBodySink, Sendable {
    private let queue: QueueGauges
    private let metrics: WorkerMetrics
    private let cache: MetricsPageCache

    init(queue: QueueGauges, metrics: WorkerMetrics, cache: MetricsPageCache) {
        self.queue = queue
        self.metrics = metrics
        self.cache = cache
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? { nil }

    func finish(_ reply: HTTPReply) {
        // Whichever answers first counts; the reply ignores the other.
        let withoutQueue = Task {
            do {
                try await Task.sleep(for: .seconds(1.5))
                answer(reply)
            } catch {
                // The figures came.
            }
        }
        Task {
            await queue.refresh()
            withoutQueue.cancel()
            answer(reply)
        }
    }

    func abandon() {}

    private func answer(_ reply: HTTPReply) {
        reply.send(.text(200, cache.text { metrics.page }, type: MetricsRegistry.contentType))
    }
}
