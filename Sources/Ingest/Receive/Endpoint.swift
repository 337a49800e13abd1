import GitHub
import HTTP

/// What the paths of this server stand for.
enum Endpoint: Sendable, Equatable {
    /// Deliveries; a name behind the path is their source.
    case deliveries
    case information
    case health
    case readiness
    case metrics

    static let webhookPath = WebhookPath.root

    static let routes = HTTPRoutes(
        ["", "/", "/:source", "/:source/"].flatMap { tail in
            [
                HTTPRoute(["GET"], webhookPath + tail, for: .anyone, to: information, where: areSources),
                HTTPRoute(["POST"], webhookPath + tail, for: .anyone, to: deliveries, where: areSources),
            ]
        } + [
            HTTPRoute(["GET"], "/healthz", for: .anyone, to: health),
            HTTPRoute(["GET"], "/readyz", for: .anyone, to: readiness),
            HTTPRoute(["GET"], "/metrics", for: .anyone, to: metrics),
        ]
    )

    private static func areSources(_ captures: [String]) -> Bool { captures.allSatisfy(WebhookSecrets.isSource) }
}
