import Foundation

/// Where GitHub delivers events to.
package enum WebhookAddress {
    /// The path of plane-ingest; a name behind it is a source with a secret of its own.
    package static let path = "/api/webhooks/github-mcp"

    /// Whether a webhook's URL leads to a plane-ingest: by its path, because the host is known to nobody here.
    ///
    /// A proxy may put something before the path.
    package static func isOurs(_ url: String) -> Bool {
        guard let path = URLComponents(string: url)?.percentEncodedPath else { return false }
        let segments = path.split(separator: "/")
        let ours = Self.path.split(separator: "/")
        return segments.suffix(ours.count) == ours[...] || segments.dropLast().suffix(ours.count) == ours[...]
    }
}
