import Foundation
import HTTP

/// An `http` or `https` address without user, query and fragment.
struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    let host: String
    let port: UInt16
    /// Begins with a slash.
    let path: String

    /// Where a program on this machine is reached that listens so; what stands for all addresses, over the loopback.
    init(reaching listen: ListenAddress) {
        let anywhere = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let host = "\(listen.address)"
        self.init(isEncrypted: false, host: anywhere[host] ?? host, port: listen.port, path: "/")
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
