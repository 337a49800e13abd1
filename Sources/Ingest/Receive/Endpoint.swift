import GitHub
import HTTP

/// What the paths of this server stand for.
enum Endpoint: Sendable, Equatable {
    /// GitHub's deliveries; a name behind the path is their source.
    case deliveries
    case information
    /// Plane's wake-ups.
    case wakes
    case wakeInformation
    case health
    case readiness
    case metrics

    static let webhookPath = WebhookPath.root
    static let wakePath = "/api/webhooks/plane"

    /// The path of wake-ups is one like any other where they are not taken.
    static func routes(takingWakes: Bool) -> HTTPRoutes<Endpoint> {
        HTTPRoutes(deliveryRoutes + (takingWakes ? wakeRoutes : []) + otherRoutes)
    }

    private static let deliveryRoutes = ["", "/", "/:source", "/:source/"].flatMap { tail in
        [
            HTTPRoute(["GET"], webhookPath + tail, for: .anyone, to: information, where: areSources),
            HTTPRoute(["POST"], webhookPath + tail, for: .anyone, to: deliveries, where: areSources),
        ]
    }

    private static let wakeRoutes = ["", "/"].flatMap { tail in
        [
            HTTPRoute(["GET"], wakePath + tail, for: .anyone, to: wakeInformation),
            HTTPRoute(["POST"], wakePath + tail, for: .anyone, to: wakes),
        ]
    }

    private static let otherRoutes = [
        HTTPRoute(["GET"], "/healthz", for: .anyone, to: health),
        HTTPRoute(["GET"], "/readyz", for: .anyone, to: readiness),
        HTTPRoute(["GET"], "/metrics", for: .anyone, to: metrics),
    ]

    private static func areSources(_ captures: [String]) -> Bool { captures.allSatisfy(WebhookSecrets.isSource) }
}
