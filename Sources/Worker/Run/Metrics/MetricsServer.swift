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
                guard ["/healthz", "/readyz", "/metrics"].contains(head.path) else { return .respond(Self.notFound) }
                guard head.method == "GET" || head.method == "HEAD" else { return .respond(Self.notAllowed) }
                switch head.path {
                case "/healthz": return .respond(.text(200, "ok\n"))
                case "/readyz": return .respond(Self.readiness(readiness.problem(at: .now)))
                default: return .receive(into: MetricsPage(queue: queue, metrics: metrics, cache: cache), limit: 0)
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

    private static let notFound = HTTPResponse.error(404, code: "not_found", detail: "There is nothing at this path.")

    private static let notAllowed: HTTPResponse = {
        var response = HTTPResponse.error(405, code: "method_not_allowed", detail: "This path allows GET, HEAD.")
        response.fields.append("Allow", "GET, HEAD")
        return response
    }()
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
