import Foundation

/// Where plane-ingest takes GitHub's deliveries.
package enum WebhookPath {
    /// A name behind it is a source with a secret of its own.
    package static let root = "/api/webhooks/github-mcp"
    /// Where plane-ingest listens unless `INGEST_LISTEN` says otherwise.
    package static let defaultListen = "127.0.0.1:8080"

    /// Whether a webhook's URL leads to a plane-ingest: by its path, because the host is known to nobody here.
    ///
    /// A proxy may put something before the path.
    package static func isIn(_ url: String) -> Bool {
        guard let path = URLComponents(string: url)?.percentEncodedPath else { return false }
        let segments = path.split(separator: "/")
        let ours = root.split(separator: "/")
        return segments.suffix(ours.count) == ours[...] || segments.dropLast().suffix(ours.count) == ours[...]
    }
}
