import CLinux
import Glibc

/// Accepts connections for one loop.
///
/// It keeps a spare descriptor: when the process has no other left, a waiting client can still be turned away.
final class Acceptor {
    enum Outcome {
        case connection(Int32, IPAddress)
        case none
        /// No descriptor or memory is left; `code` is the errno. One waiting connection was turned away if it could be.
        case exhausted(code: Int32)
        /// The socket no longer listens; `code` is the errno.
        case broken(code: Int32)
    }

    private let socket: ListeningSocket
    private var spare: Int32

    init(_ socket: ListeningSocket) {
        self.socket = socket
        spare = Self.openSpare()
    }

    deinit { if spare >= 0 { Glibc.close(spare) } }

    func accept() -> Outcome {
        while true {
            let (descriptor, address) = Self.accept(socket.descriptor)
            if descriptor >= 0 {
                guard let address else {
                    Glibc.close(descriptor)
                    continue
                }
                return .connection(descriptor, address)
            }
            switch errno {
            case EAGAIN, EBADF: return .none  // EBADF: closed by ourselves, to drain
            // Somebody who shares the socket has shut it down. It stays readable, so nobody may try again.
            case EINVAL, ENOTSOCK, EFAULT: return .broken(code: errno)
            case EMFILE, ENFILE: return .exhausted(code: turnAwayOne(errno))
            case ENOBUFS, ENOMEM: return .exhausted(code: errno)
            default: continue  // the connection died while it waited: on to the next
            }
        }
    }

    /// Gives up the spare descriptor for one waiting connection and closes that, so that its client need not wait.
    private func turnAwayOne(_ code: Int32) -> Int32 {
        if spare >= 0 {
            Glibc.close(spare)
            let (descriptor, _) = Self.accept(socket.descriptor)
            if descriptor >= 0 { Glibc.close(descriptor) }
        }
        spare = Self.openSpare()
        return code
    }

    private static func accept(_ listener: Int32) -> (Int32, IPAddress?) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept4(listener, $0, &size, flags) }
        }
        return (descriptor, descriptor < 0 ? nil : IPAddress(storage))
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
