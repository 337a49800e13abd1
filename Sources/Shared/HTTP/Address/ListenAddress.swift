import Base
import Glibc

/// Where a server listens: a numeric address and a port, `127.0.0.1:8080` or `[::1]:8080`.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    package let address: IPAddress
    /// 0 lets the system choose.
    package let port: UInt16
    /// `[::ffff:1.2.3.4]` is IPv4 written long, `[::]` is every address of both families.
    private let isIPv6: Bool

    /// Reads `text`; names are not looked up, so that what is bound never depends on a resolver.
    package init(_ text: String) throws(AddressProblem) {
        guard let colon = text.lastIndex(of: ":") else { throw AddressProblem(text, expected: Self.expected) }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
        if isIPv6 { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(String(host)), host.contains(":") == isIPv6,
            digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits)
        else { throw AddressProblem(text, expected: Self.expected) }
        self.address = address
        self.port = port
    }

    /// Where a socket is bound; nil for other families than IPv4 and IPv6, and for what is no socket.
    init?(boundTo descriptor: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard code == 0, let address = IPAddress(storage) else { return nil }
        self.address = address
        // sin_port and sin6_port lie at the same place.
        port = withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.loadUnaligned(as: sockaddr_in.self).sin_port) }
        isIPv6 = Int32(storage.ss_family) == AF_INET6
    }

    private init(address: IPAddress, port: UInt16, isIPv6: Bool) {
        self.address = address
        self.port = port
        self.isIPv6 = isIPv6
    }

    package var description: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

    package func with(port: UInt16) -> ListenAddress { ListenAddress(address: address, port: port, isIPv6: isIPv6) }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    /// Calls `body` with the address as the socket calls want it.
    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        if isIPv6 {
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return Self.pass(&raw, body)
        }
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
        return Self.pass(&raw, body)
    }

    private static let expected = "a numeric address and a port, like 127.0.0.1:8080 or [::1]:8080"

    private static func pass<Raw, Value>(
        _ raw: inout Raw,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        withUnsafePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Raw>.size)) }
        }
    }
}
