/// What a path of this server stands for.
enum Endpoint: Equatable {
    /// Deliveries of a source; `WebhookSecrets.mainSource` where the path names none.
    case webhook(source: String)
    case health
    case readiness
    case metrics

    static let webhookPath = "/api/webhooks/github-mcp"

    init?(path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        case Self.webhookPath, Self.webhookPath + "/": self = .webhook(source: WebhookSecrets.mainSource)
        default:
            guard path.hasPrefix(Self.webhookPath + "/") else { return nil }
            var source = path.dropFirst(Self.webhookPath.count + 1)
            if source.hasSuffix("/") { source = source.dropLast() }
            guard WebhookSecrets.isSource(String(source)) else { return nil }
            self = .webhook(source: String(source))
        }
    }

    /// For the Allow field of a 405.
    var methods: String {
        switch self {
        case .webhook: "GET, HEAD, POST"
        case .health, .readiness, .metrics: "GET, HEAD"
        }
    }
}
