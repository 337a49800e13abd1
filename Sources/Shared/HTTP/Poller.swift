import Glibc

/// An epoll instance, level-triggered.
final class Poller: Sendable {
    struct Event {
        let id: ConnectionID
        let flags: UInt32
    }

    // The values of <sys/epoll.h>.
    static let readable: UInt32 = 0x001
    static let writable: UInt32 = 0x004
    static let broken: UInt32 = 0x008
    static let hungUp: UInt32 = 0x010
    private static let add: Int32 = 1
    private static let modify: Int32 = 3

    /// `struct epoll_event` is 32 bits of flags and 64 of data, packed on x86-64 and only there.
    #if arch(x86_64)
    private static let dataOffset = 4
    #else
    private static let dataOffset = 8
    #endif
    private static let eventSize = dataOffset + 8

    private let descriptor: Int32

    init() throws(HTTPServerError) {
        descriptor = LinuxCalls.epollCreate(LinuxCalls.closeOnExec)
        guard descriptor >= 0 else { throw HTTPServerError(call: "epoll_create1", code: errno) }
    }

    deinit { close(descriptor) }

    /// Room for `count` events at once, for `wait`.
    static func buffer(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count * eventSize) }

    /// The event at `index` of a buffer that `wait` filled.
    static func event(_ index: Int, in buffer: [UInt8]) -> Event {
        buffer.withUnsafeBytes { raw in
            let start = index * eventSize
            return Event(
                id: ConnectionID(rawValue: raw.loadUnaligned(fromByteOffset: start + dataOffset, as: UInt64.self)),
                flags: raw.loadUnaligned(fromByteOffset: start, as: UInt32.self)
            )
        }
    }

    /// Watches `id` for `flags`; false when the system has no memory for it.
    func add(_ id: ConnectionID, _ flags: UInt32) -> Bool { control(Self.add, id, flags) }

    func change(_ id: ConnectionID, to flags: UInt32) { _ = control(Self.modify, id, flags) }

    /// Waits up to `milliseconds` (-1: for ever) and returns how many events lie in `buffer`.
    func wait(_ buffer: inout [UInt8], milliseconds: Int32) -> Int {
        let count = buffer.withUnsafeMutableBytes { raw in
            LinuxCalls.epollWait(descriptor, raw.baseAddress, Int32(raw.count / Self.eventSize), milliseconds)
        }
        // -1 is EINTR: nothing happened.
        return max(0, Int(count))
    }

    private func control(_ operation: Int32, _ id: ConnectionID, _ flags: UInt32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.eventSize, alignment: 8) { raw in
            raw.storeBytes(of: flags, as: UInt32.self)
            raw.storeBytes(of: id.rawValue, toByteOffset: Self.dataOffset, as: UInt64.self)
            return LinuxCalls.epollControl(descriptor, operation, id.descriptor, raw.baseAddress) == 0
        }
    }
}
