import Glibc
import Synchronization

/// A bound, listening socket; closed when told, or when nobody holds it.
final class ListeningSocket: Sendable {
    /// The address with the port the system chose, where it did.
    let address: ListenAddress
    private let socket: Mutex<Int32>

    /// Listens on `address` beside other loops, and other processes of the same user, that do so too.
    init(_ address: ListenAddress) throws(HTTPServerError) {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(address.family, flags, 0)
        guard descriptor >= 0 else { throw HTTPServerError(call: "socket", code: errno, address: address) }
        let failed = Self.listen(descriptor, address)
        guard failed == nil else {
            let code = errno
            Glibc.close(descriptor)
            throw HTTPServerError(call: failed ?? "listen", code: code, address: address)
        }
        self.address = address.with(port: Self.port(descriptor))
        socket = Mutex(descriptor)
    }

    deinit { close() }

    /// -1 once closed.
    var descriptor: Int32 { socket.withLock { $0 } }

    func close() {
        socket.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }

    /// The name of the call that failed, with its reason in errno.
    private static func listen(_ descriptor: Int32, _ address: ListenAddress) -> String? {
        let options: [(String, Int32, Int32, Int32)] = [
            ("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1),
            ("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1),
            // Accepted connections inherit it: an answer is one write and must not wait for an acknowledgement.
            ("TCP_NODELAY", Int32(IPPROTO_TCP), TCP_NODELAY, 1),
        ]
        for (name, level, option, value) in options {
            var value = value
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard setsockopt(descriptor, level, option, &value, size) == 0 else { return name }
        }
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else { return "bind" }
        // The system cuts the backlog to net.core.somaxconn.
        guard Glibc.listen(descriptor, 4096) == 0 else { return "listen" }
        return nil
    }

    private static func port(_ descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // sin_port and sin6_port lie at the same place.
        return withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.loadUnaligned(as: sockaddr_in.self).sin_port) }
    }
}
