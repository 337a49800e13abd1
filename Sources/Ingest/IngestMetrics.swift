import Base
import Database
import HTTP
import Synchronization

/// What this program counts.
final class IngestMetrics: Sendable {
    struct Webhook: Hashable, Sendable {
        let event: EventLabel
        let outcome: Answer.Outcome
    }

    private let webhooks: Counters<Webhook>
    let signatureRefusals: Counters<Signature.Refusal>
    let secretUses: Counters<SecretUse>
    let databaseErrors: Counters<DatabaseError.Cause>
    let notifications: Counter
    let requestSeconds: Histogram
    let commitSeconds: Histogram
    let batchRows: Histogram
    private let registry: MetricsRegistry
    private let server: Server
    private let cache = MetricsPageCache()

    /// Known only after the service that needs the metrics.
    private final class Server: Sendable {
        let current = Mutex<HTTPServer?>(nil)
        var statistics: HTTPStatistics? { current.withLock { $0 }?.statistics }
    }

    init(secrets: [SecretUse], queue: DeliveryQueue, budget: ByteBudget, spool: SpoolRoute? = nil) {
        var registry = MetricsRegistry()
        let server = Server()
        registry.declareProcess("plane-ingest")
        webhooks = registry.counters(
            "github_mcp_webhook_total",
            "Deliveries by event and what became of them.",
            for: EventLabel.all.flatMap { event in Answer.Outcome.allCases.map { Webhook(event: event, outcome: $0) } }
        ) { [("event_type", $0.event.name), ("status", $0.outcome.rawValue)] }
        signatureRefusals = registry.counters(
            "plane_ingest_signature_failures_total",
            "Deliveries without a valid signature, by reason.",
            for: Signature.Refusal.allCases
        ) { [("reason", $0.rawValue)] }
        secretUses = registry.counters(
            "plane_ingest_signature_matches_total",
            "Valid signatures by source (empty: none in the path) and position of the secret, from 0.",
            for: secrets
        ) { [("source", $0.source), ("secret_index", String($0.index))] }
        databaseErrors = registry.counters(
            "plane_ingest_database_errors_total",
            "Attempts to store deliveries that failed.",
            for: DatabaseError.Cause.allCases
        ) { [("kind", $0.rawValue)] }
        notifications = registry.counter("plane_ingest_notifications_total", "Wake-ups sent to workers.")
        requestSeconds = registry.histogram(
            "plane_ingest_request_seconds",
            "From the last byte of a delivery to its answer.",
            bounds: Histogram.seconds
        )
        commitSeconds = registry.histogram(
            "plane_ingest_commit_seconds",
            "Storing one batch, commit included.",
            bounds: Histogram.seconds
        )
        batchRows = registry.histogram(
            "plane_ingest_batch_rows",
            "Deliveries stored in one batch.",
            bounds: [1, 2, 4, 8, 16, 32, 64, 128]
        )
        registry.gauge("plane_ingest_queue_rows", "Deliveries that wait for a writer.") { queue.count }
        registry.gauge("plane_ingest_bytes_in_flight", "Bytes of deliveries in hand.") { budget.bytesInFlight }
        registry.gauge("plane_ingest_open_connections", "Open connections.") { server.statistics?.open ?? 0 }
        registry.observed(.counter, "plane_ingest_body_bytes_total", "Bytes of bodies received.") {
            [MetricSample(value: Double(server.statistics?.bodyBytes ?? 0))]
        }
        registry.observed(.counter, "plane_ingest_answers_total", "Answers by HTTP status.") {
            (server.statistics?.answers ?? [:]).sorted { $0.key < $1.key }.map { status, count in
                MetricSample(labels: [("code", String(status))], value: Double(count))
            }
        }
        registry.observed(.counter, "plane_ingest_refused_requests_total", "Requests the protocol refused.") {
            (server.statistics?.refusedRequests ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map {
                refusal,
                count in
                MetricSample(labels: [("reason", refusal.rawValue)], value: Double(count))
            }
        }
        if let spool { registry.declareSpool(spool.contents, spool.circuit) }
        self.registry = registry
        self.server = server
    }

    func watch(_ server: HTTPServer) { self.server.current.withLock { $0 = server } }

    func count(_ event: EventLabel, _ outcome: Answer.Outcome) {
        webhooks.add(Webhook(event: event, outcome: outcome))
    }

    /// Rendering takes a loop longer than dozens of deliveries.
    var page: String { cache.text { registry.render() } }
}
