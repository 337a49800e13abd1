import Base
import GitHub
import GitHubClient

/// Where a webhook of ours leads: the address of plane-ingest, as GitHub reaches it.
struct WebhookAddress: Sendable, Equatable {
    /// Where plane-ingest takes deliveries.
    static let path = WebhookPath.root + "/"
    /// What it takes.
    static let events = ["issues", "issue_comment", "pull_request", "label", "repository"]

    let url: String

    /// Adds the path where only the origin is given.
    ///
    /// Without TLS anybody on the way could read private issues, so `http` is for this machine itself only.
    init?(_ text: String) {
        guard let address = HTTPAddress(text), address.isEncrypted || APIAddress.isLoopback(address.host) else {
            return nil
        }
        let path = address.path.hasSuffix("/") ? address.path : address.path + "/"
        guard path == "/" || path.hasSuffix(Self.path) else { return nil }
        url = address.with(path: path == "/" ? Self.path : path).description
    }

    /// Whether a webhook leads here; the case of a host and a slash at the end mean nothing.
    func isAddress(of hook: RepositoryHook) -> Bool { WebhookAddress(hook.url) == self }

    /// Whether a webhook leads to some plane-ingest.
    static func isOurs(_ hook: RepositoryHook) -> Bool { WebhookPath.isIn(hook.url) }
}

extension Arguments {
    func webhookAddress(_ name: String) throws(UsageProblem) -> WebhookAddress? {
        guard let text = string(name) else { return nil }
        guard let address = WebhookAddress(text) else {
            throw invalid(name, "https:// and the host of plane-ingest, alone or with \(WebhookAddress.path) behind it")
        }
        return address
    }
}
