import Base

/// The GitHub that sent a delivery: github.com, an Enterprise Server, or a subdomain of ghe.com.
///
/// Payloads do not name it, but their pages are on it, and so is what their texts refer to.
package struct GitHubServer: Sendable, Hashable {
    /// Scheme and host, perhaps a port, without a slash at the end: `https://github.com`.
    package let url: String

    /// The host, with the port if there is one.
    package var host: String { String(url.drop { $0 != "/" }.dropFirst(2)) }

    package static let github = GitHubServer(url: "https://github.com")

    private init(url: String) {
        self.url = url
    }

    /// The server of a page; nil unless its address is an http or https one with a plain host.
    ///
    /// The links we write begin with it, so nothing unusual is accepted.
    package init?(ofPage address: String) {
        let bytes = Array(address.utf8.prefix(300))
        let isSecure = bytes.starts(with: "https://".utf8)
        guard isSecure || bytes.starts(with: "http://".utf8) else { return nil }
        let authority = bytes.dropFirst(isSecure ? 8 : 7).prefix { !"/?#".utf8.contains($0) }
        let parts = authority.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), Self.isHost(parts[0]) else { return nil }
        if parts.count == 2 {
            guard let port = UInt16(String(decoding: parts[1], as: UTF8.self)), port > 0 else { return nil }
        }
        url = (isSecure ? "https://" : "http://") + String(decoding: authority, as: UTF8.self).lowercased()
    }

    /// Labels of letters, digits and hyphens: a name or an IPv4 address.
    private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return host.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
            }
    }
}
