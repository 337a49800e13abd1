import Base
import HTTP
import Synchronization

/// What the process shows of itself at `/metrics`.
final class DashboardMetrics: Sendable {
    enum Refusal: String, Sendable, CaseIterable {
        case signIn = "sign_in", attempts, role, origin
    }

    let refused: Counters<Refusal>
    private let registry: MetricsRegistry
    private let cache = MetricsPageCache()

    /// `statistics` are the server's own; nil before it listens.
    init(statistics: @escaping @Sendable () -> HTTPStatistics?) {
        var registry = MetricsRegistry()
        refused = registry.counters("plane_dashboard_refused_total", "Requests refused.", for: Refusal.allCases) {
            [("reason", $0.rawValue)]
        }
        registry.observed(.counter, "plane_dashboard_answers_total", "Answers by status.") {
            (statistics()?.answers ?? [:]).sorted { $0.key < $1.key }.map {
                MetricSample(labels: [("status", String($0.key))], value: Double($0.value))
            }
        }
        registry.gauge("plane_dashboard_streams", "Pages that are told of changes now.") { statistics()?.streams ?? 0 }
        registry.gauge("plane_dashboard_connections", "Connections that are open now.") { statistics()?.open ?? 0 }
        self.registry = registry
    }

    var page: String { cache.text { registry.render() } }
}
