import Base
import Database
import HTTP
import Spool
import Store
import Synchronization

/// The name of an event in metrics: those we know, and `other` for whatever a sender may invent.
struct EventLabel: Hashable, Sendable {
    let name: String

    init(_ event: String?) {
        name = event.flatMap { Self.known.contains($0) ? $0 : nil } ?? "other"
    }

    private static let known = Set(EventType.allCases.map(\.rawValue) + ["ping"])
    static let all = (known.sorted() + ["other"]).map { EventLabel($0) }
}

/// What this program counts.
final class IngestMetrics: Sendable {
    private struct Delivered: Hashable, Sendable {
        let event: EventLabel
        let status: DeliveryOutcome.Status
    }

    private let webhooks: Counters<Delivered>
    /// Of Plane's webhook, by what became of them.
    let wakes: Counters<DeliveryOutcome.Status>
    let signatureRefusals: Counters<Signature.Refusal>
    let secretUses: Counters<SecretUse>
    let requestSeconds: Histogram
    let store: StoreMetrics
    private let registry: MetricsRegistry
    private let server: Server
    private let cache = MetricsPageCache()

    /// The HTTP server is set up last, because what it serves needs the metrics.
    private final class Server: Sendable {
        let current = Mutex<HTTPServer?>(nil)
        var statistics: HTTPStatistics? { current.withLock { $0 }?.statistics }
    }

    init(
        secrets: [SecretUse],
        queue: DeliveryQueue,
        spool: SpoolRoute?,
        bytesInFlight: @escaping @Sendable () -> Int
    ) {
        var registry = MetricsRegistry()
        let server = Server()
        registry.declareProcess("plane-ingest")
        webhooks = registry.counters(
            "github_mcp_webhook_total",
            "Deliveries by event and what became of them.",
            for: EventLabel.all.flatMap { event in
                DeliveryOutcome.Status.allCases.map { Delivered(event: event, status: $0) }
            }
        ) { [("event_type", $0.event.name), ("status", $0.status.rawValue)] }
        wakes = registry.counters(
            "plane_ingest_wakes_total",
            "Requests of Plane's webhook by what became of them.",
            for: [.accepted, .ignored, .unauthorized, .invalid, .unavailable]
        ) { [("status", $0.rawValue)] }
        signatureRefusals = registry.counters(
            "plane_ingest_signature_failures_total",
            "Deliveries and wake-ups without a valid signature, by reason.",
            for: Signature.Refusal.allCases
        ) { [("reason", $0.rawValue)] }
        secretUses = registry.counters(
            "plane_ingest_signature_matches_total",
            "Valid signatures by source (empty: none in the path; Plane: wake-ups) and position of the secret, from 0.",
            for: secrets
        ) { [("source", $0.source), ("secret_index", String($0.index))] }
        requestSeconds = registry.histogram(
            "plane_ingest_request_seconds",
            "From the last byte of a delivery to its answer.",
            bounds: Histogram.seconds
        )
        store = StoreMetrics(&registry, queue: queue)
        registry.gauge("plane_ingest_bytes_in_flight", "Bytes of deliveries in hand.", bytesInFlight)
        registry.gauge("plane_ingest_open_connections", "Open connections.") { server.statistics?.open ?? 0 }
        registry.observed(.counter, "plane_ingest_body_bytes_total", "Bytes of bodies received.") {
            [MetricSample(value: Double(server.statistics?.bodyBytes ?? 0))]
        }
        registry.observed(.counter, "plane_ingest_answers_total", "Answers by HTTP status.") {
            (server.statistics?.answers ?? [:]).sorted { $0.key < $1.key }.map {
                MetricSample(labels: [("code", String($0.key))], value: Double($0.value))
            }
        }
        registry.observed(.counter, "plane_ingest_refused_requests_total", "Requests the protocol refused.") {
            (server.statistics?.refusedRequests ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map {
                MetricSample(labels: [("reason", $0.key.rawValue)], value: Double($0.value))
            }
        }
        if let spool { registry.declareSpool(spool) }
        self.registry = registry
        self.server = server
    }

    func watch(_ server: HTTPServer) { self.server.current.withLock { $0 = server } }

    func count(_ event: EventLabel, _ status: DeliveryOutcome.Status) {
        webhooks.add(Delivered(event: event, status: status))
    }

    /// Rendering takes an event loop longer than dozens of deliveries, so the page is kept for a second.
    var page: String { cache.text { registry.render() } }
}
