import CLinux
import Glibc

/// An epoll instance, level-triggered.
final class Poller: Sendable {
    struct Event {
        let id: ConnectionID
        let flags: UInt32
    }

    static let readable = EPOLLIN.rawValue
    static let writable = EPOLLOUT.rawValue
    static let broken = EPOLLERR.rawValue
    static let hungUp = EPOLLHUP.rawValue

    private let descriptor: Int32

    init() throws(HTTPServerError) {
        descriptor = epoll_create1(O_CLOEXEC)
        guard descriptor >= 0 else { throw HTTPServerError(call: "epoll_create1", code: errno) }
    }

    deinit { close(descriptor) }

    /// Room for `count` events at once, for `wait`.
    static func buffer(_ count: Int) -> [epoll_event] { [epoll_event](repeating: epoll_event(), count: count) }

    /// The event at `index` of a buffer that `wait` filled.
    static func event(_ index: Int, in buffer: [epoll_event]) -> Event {
        Event(id: ConnectionID(rawValue: buffer[index].data.u64), flags: buffer[index].events)
    }

    /// Watches `id` for `flags`; false when the system has no memory for it.
    func add(_ id: ConnectionID, _ flags: UInt32) -> Bool { control(EPOLL_CTL_ADD, id, flags) }

    func change(_ id: ConnectionID, to flags: UInt32) { _ = control(EPOLL_CTL_MOD, id, flags) }

    func remove(_ id: ConnectionID) { _ = control(EPOLL_CTL_DEL, id, 0) }

    /// Waits up to `milliseconds` (-1: for ever) and returns how many events lie in `buffer`.
    func wait(_ buffer: inout [epoll_event], milliseconds: Int32) -> Int {
        // -1 is EINTR: nothing happened.
        max(0, Int(epoll_wait(descriptor, &buffer, Int32(buffer.count), milliseconds)))
    }

    private func control(_ operation: Int32, _ id: ConnectionID, _ flags: UInt32) -> Bool {
        var event = epoll_event(events: flags, data: epoll_data_t(u64: id.rawValue))
        return epoll_ctl(descriptor, operation, id.descriptor, &event) == 0
    }
}

/// Names one connection for ever: file descriptors are used again, numbers are not.
struct ConnectionID: Sendable, Hashable {
    let descriptor: Int32
    /// From 1, within a loop; 0 is for the loop's own descriptors.
    let number: UInt32

    init(descriptor: Int32, number: UInt32) {
        self.descriptor = descriptor
        self.number = number
    }

    init(rawValue: UInt64) {
        descriptor = Int32(truncatingIfNeeded: rawValue)
        number = UInt32(truncatingIfNeeded: rawValue >> 32)
    }

    var rawValue: UInt64 { UInt64(number) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
