import Base
import Glibc
import Synchronization

/// A bound, listening socket; closed when told, or when nobody holds it.
final class ListeningSocket: Sendable {
    /// The address with the port the system chose, where it did.
    let address: ListenAddress
    /// Whether other loops and processes accept from the same queue of connections.
    private let isShared: Bool
    private let socket: Mutex<Int32>

    /// Listens on `address` beside other loops, and beside other processes of the same user where `isSharedWithAll`.
    init(_ address: ListenAddress, isSharedWithAll: Bool) throws(HTTPServerError) {
        if !isSharedWithAll { try Self.expectNobody(at: address) }
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(address.family, flags, 0)
        guard descriptor >= 0 else { throw HTTPServerError(call: "socket", code: errno, address: address) }
        let failed = Self.listen(descriptor, address)
        guard failed == nil else {
            let code = errno
            Glibc.close(descriptor)
            throw HTTPServerError(call: failed ?? "listen", code: code, address: address)
        }
        self.address = ListenAddress(boundTo: descriptor) ?? address
        isShared = false
        socket = Mutex(descriptor)
    }

    /// Listens at a socket of its own descriptor that somebody else has opened.
    convenience init(_ inherited: InheritedSocket) throws(HTTPServerError) {
        try self.init(sharing: inherited.descriptor, of: inherited.address)
    }

    private init(sharing original: Int32, of address: ListenAddress) throws(HTTPServerError) {
        let descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { throw HTTPServerError(call: "dup", code: errno, address: address) }
        self.address = address
        isShared = true
        socket = Mutex(descriptor)
    }

    deinit { close() }

    /// The same address for another loop.
    func another() throws(HTTPServerError) -> ListeningSocket {
        isShared
            ? try ListeningSocket(sharing: descriptor, of: address)
            : try ListeningSocket(address, isSharedWithAll: true)
    }

    /// -1 once closed.
    var descriptor: Int32 { socket.withLock { $0 } }

    func close() {
        socket.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }

    /// Throws where somebody listens at the address.
    ///
    /// The system lets each loop have a socket of its own only if those of other processes of the user may come to the
    /// same address, too. So a bind without that permission shows first whether any listens there.
    private static func expectNobody(at address: ListenAddress) throws(HTTPServerError) {
        let descriptor = Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw HTTPServerError(call: "socket", code: errno, address: address) }
        defer { Glibc.close(descriptor) }
        var value: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &value, socklen_t(MemoryLayout<Int32>.size))
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) != 0, errno == EADDRINUSE else { return }
        let holder = ListeningProcess.atPort(address.port)
        throw HTTPServerError(call: "bind", code: EADDRINUSE, address: address, holder: holder)
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
}

/// A listening socket that the service manager opened and handed over: the protocol of `sd_listen_fds(3)`.
///
/// It stays open while no process serves it, so that a restart refuses nobody.
package struct InheritedSocket: Sendable {
    /// Kept open as long as the process runs.
    let descriptor: Int32
    package let address: ListenAddress

    /// The number of the first descriptor that is handed over.
    private static let first: Int32 = 3

    /// The socket that `LISTEN_FDS` tells of; nil where there is none, or where `LISTEN_PID` is another process.
    package init?(_ environment: Environment, process: Int32 = getpid()) throws(Environment.Problem) {
        guard environment.string("LISTEN_PID") == String(process) else { return nil }
        let count = try environment.int("LISTEN_FDS", in: 0...Int(Int16.max), default: 0)
        guard count > 0 else { return nil }
        guard count == 1 else {
            throw Environment.Problem("LISTEN_FDS is \(count), expected one socket with one ListenStream= in its unit")
        }
        try self.init(Self.first)
    }

    /// Prepares `descriptor` for our loops.
    init(_ descriptor: Int32) throws(Environment.Problem) {
        guard Self.option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            Self.option(SO_ACCEPTCONN, of: descriptor) == 1, let address = ListenAddress(boundTo: descriptor)
        else {
            throw Environment.Problem(
                "LISTEN_FDS: descriptor \(descriptor) is not what was expected, a TCP socket that listens"
            )
        }
        self.descriptor = descriptor
        self.address = address
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        var value: Int32 = 1
        // An answer is one write and must not wait for an acknowledgement.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : nil
    }
}
