import Glibc

/// The calls of Linux that Swift's Glibc module leaves out (`<sys/epoll.h>`, `<sys/eventfd.h>`, `accept4`), found in
/// the C library by name when first used; each returns -1 and sets errno as its manual page says.
enum LinuxCalls {
    static let epollCreate = symbol("epoll_create1", as: (@Sendable @convention(c) (Int32) -> Int32).self)
    static let epollControl = symbol(
        "epoll_ctl",
        as: (@Sendable @convention(c) (Int32, Int32, Int32, UnsafeMutableRawPointer?) -> Int32).self
    )
    static let epollWait = symbol(
        "epoll_wait",
        as: (@Sendable @convention(c) (Int32, UnsafeMutableRawPointer?, Int32, Int32) -> Int32).self
    )
    static let eventDescriptor = symbol("eventfd", as: (@Sendable @convention(c) (UInt32, Int32) -> Int32).self)
    static let accept = symbol(
        "accept4",
        as: (@Sendable @convention(c) (
            Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?, Int32
        ) -> Int32).self
    )

    // The flags of these calls are O_CLOEXEC and O_NONBLOCK under other names.
    static let closeOnExec = O_CLOEXEC
    static let nonBlocking = O_NONBLOCK

    private static func symbol<Call>(_ name: String, as type: Call.Type) -> Call {
        guard let address = dlsym(nil, name) else { preconditionFailure("the C library has no \(name)") }
        return unsafeBitCast(address, to: type)
    }
}
