import Foundation

/// An `http` or `https` address without user, query and fragment.
struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    let host: String
    let port: UInt16
    /// Begins with a slash.
    let path: String

    init(host: String, port: UInt16, path: String = "/") {
        isEncrypted = false
        self.host = host
        self.port = port
        self.path = path
    }

    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), var host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil,
            parts.query == nil, parts.fragment == nil,
            let port = UInt16(exactly: parts.port ?? (scheme == "https" ? 443 : 80)), port > 0
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        isEncrypted = scheme == "https"
        self.host = host
        self.port = port
        path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
    }

    func with(path: String) -> HTTPAddress {
        HTTPAddress(isEncrypted: isEncrypted, host: host, port: port, path: path)
    }

    /// Host and port as a Host field has them.
    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? host : "\(host):\(port)"
    }

    var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }

    private init(isEncrypted: Bool, host: String, port: UInt16, path: String) {
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port
        self.path = path
    }
}
