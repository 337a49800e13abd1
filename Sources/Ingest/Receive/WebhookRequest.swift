import HTTP

/// The webhooks that send here, told apart by the path.
enum Webhook: Sendable, Equatable {
    /// GitHub's deliveries, with the source that the path names.
    case gitHub(source: String = WebhookSecrets.mainSource)
    /// Plane's wake-ups.
    case plane

    /// Under which its secrets are known.
    var source: String {
        switch self {
        case .gitHub(let source): source
        case .plane: WebhookSecrets.planeSource
        }
    }
}

/// The head of a request to one of the webhooks.
struct WebhookRequest: Sendable {
    let head: HTTPRequestHead
    let webhook: Webhook
}
