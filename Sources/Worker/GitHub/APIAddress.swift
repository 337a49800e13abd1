import Base
import Foundation

/// Where GitHub's REST API is: `https://api.github.com`, `https://api.NAME.ghe.com` or `https://HOST/api/v3`.
package struct APIAddress: Sendable, Equatable {
    /// Scheme, host and perhaps a port.
    private let origin: String
    /// What stands before every path; empty or `/api/v3`, without a slash at the end.
    private let prefix: String

    package static let github = APIAddress(origin: "https://api.github.com", prefix: "")

    private init(origin: String, prefix: String) {
        self.origin = origin
        self.prefix = prefix
    }

    /// - Throws: what is wrong with the address, for a sentence that names it.
    init(_ text: String) throws(Problem) {
        let (parts, scheme, host) = try Self.checkedParts(text)
        if host == "github.com" || host == "www.github.com" { throw .pageAddress("https://api.github.com") }
        if host.hasSuffix(".ghe.com"), !host.hasPrefix("api.") { throw .pageAddress("https://api.\(host)") }
        origin = Self.origin(parts, scheme, host)
        prefix = String(parts.percentEncodedPath.reversed().drop { $0 == "/" }.reversed())
    }

    /// An address that a token may be sent to, with its scheme and host in lower case.
    static func checkedParts(_ text: String) throws(Problem) -> (URLComponents, scheme: String, host: String) {
        guard let parts = URLComponents(string: text), let host = parts.host?.lowercased(), !host.isEmpty else {
            throw .notAnAddress
        }
        guard parts.user == nil, parts.password == nil else { throw .credentials }
        guard parts.query == nil, parts.fragment == nil, let scheme = parts.scheme?.lowercased(),
            parts.port.map({ (1...65_535).contains($0) }) ?? true, scheme == "https" || scheme == "http"
        else { throw .notAnAddress }
        guard scheme == "https" || isLoopback(host) else { throw .notEncrypted }
        return (parts, scheme, host)
    }

    enum Problem: Error {
        case notAnAddress, notEncrypted
        /// It has a user or a password in it, so it must not be shown.
        case credentials
        /// It is where people go; the API is at another address.
        case pageAddress(String)
    }

    /// The address of a path with its query, both percent-encoded, such as `/repos/octo/hello/issues?state=all`.
    func url(_ path: String) -> URL? { URL(string: origin + prefix + path) }

    /// The path of an address that GitHub sent, for `url`; nil for any other server, which must never get our token.
    func path(of url: URL) -> String? {
        guard let parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
            let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), parts.user == nil,
            parts.password == nil, Self.origin(parts, scheme, host) == origin,
            parts.percentEncodedPath.hasPrefix(prefix + "/")
        else { return nil }
        let query = parts.percentEncodedQuery.map { "?" + $0 } ?? ""
        return parts.percentEncodedPath.dropFirst(prefix.count) + query
    }

    /// A port that is the scheme's own is left out.
    private static func origin(_ parts: URLComponents, _ scheme: String, _ host: String) -> String {
        let port = parts.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }

    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
