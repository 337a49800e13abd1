import Base
import Glibc

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
