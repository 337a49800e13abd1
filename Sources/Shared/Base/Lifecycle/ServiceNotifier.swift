import Foundation
import Glibc
import Synchronization

/// Reports the state of this program to the service manager that started it: systemd with `Type=notify`, or another
/// one that speaks the protocol of `sd_notify(3)`.
package final class ServiceNotifier: Sendable {
    private enum Phase {
        case starting, ready, stopping
    }

    private struct State {
        var phase = Phase.starting
        /// The line about the current phase, until the manager has received it.
        var unsent: String?
        var describe: (@Sendable () -> String)?
        /// The status that the manager received last.
        var status: String?
        var hasFailed = false
    }

    private let socket: NotifySocket
    private let watchdog: Duration?
    private let log: Log
    private let state = Mutex(State())

    /// How often the status is checked if no watchdog needs it more often.
    private static let round: Duration = .seconds(10)

    /// Nil unless `NOTIFY_SOCKET` is set.
    ///
    /// If `WATCHDOG_PID` is set, `WATCHDOG_USEC` is meant for that process only.
    package init?(
        _ environment: Environment,
        process: Int32 = ProcessInfo.processInfo.processIdentifier,
        log: Log
    ) throws(Environment.Problem) {
        guard let text = environment.string("NOTIFY_SOCKET") else { return nil }
        guard let socket = NotifySocket(text) else {
            throw Environment.Problem(
                "NOTIFY_SOCKET is '\(text)', expected a path, or @ and a name, of at most 107 bytes"
            )
        }
        self.socket = socket
        let microseconds = try environment.int("WATCHDOG_USEC", in: 0...Int(Int32.max) * 1_000_000, default: 0)
        let isMeant = environment.string("WATCHDOG_PID").map { $0 == String(process) } ?? true
        watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
        self.log = log
    }

    /// Says that the program can do its work from now on, so that services which depend on it may start.
    ///
    /// Only the first call has an effect.
    package func ready() {
        state.withLock { state in
            guard state.phase == .starting else { return }
            state.phase = .ready
            state.unsent = "READY=1"
            send([], &state)
        }
    }

    /// Says that the program is ending, and that this may take as long as `limit`, whatever the unit allows.
    package func stopping(within limit: Duration) {
        state.withLock { state in
            state.phase = .stopping
            state.unsent = "STOPPING=1\n\(Self.extension(limit))"
            send([], &state)
        }
    }

    /// Sends keep-alive messages until the task is cancelled: the first at once, then two in the time of the watchdog.
    ///
    /// - Parameters:
    ///   - status: one line for `systemctl status`, sent when it has changed.
    ///   - isAlive: whether the program makes progress. While it does not, or does not answer, no message is sent.
    package func run(
        status: @escaping @Sendable () -> String,
        while isAlive: @escaping @Sendable () async -> Bool
    ) async {
        state.withLock { $0.describe = status }
        let pause = watchdog.map { $0 / 2 } ?? Self.round
        while !Task.isCancelled {
            if await isAlive() { giveSign(for: pause * 3) }
            try? await Task.sleep(for: pause)
        }
    }

    private func giveSign(for limit: Duration) {
        state.withLock { state in
            var lines: [String] = []
            if watchdog != nil { lines.append("WATCHDOG=1") }
            // A program that waits for its database is starting and not stuck.
            if state.phase == .starting { lines.append(Self.extension(limit)) }
            send(lines, &state)
        }
    }

    /// Sends the lines and what has changed; what the manager does not receive is sent again in the next round.
    private func send(_ lines: [String], _ state: inout State) {
        let status = state.describe?()
        var all = [state.unsent].compactMap(\.self) + lines
        if let status, status != state.status { all.append("STATUS=\(status)") }
        guard !all.isEmpty else { return }
        let code = socket.send(all.joined(separator: "\n"))
        guard code == 0 else {
            if !state.hasFailed { log(.warning, "the service manager cannot be told", [.error: Self.reason(code)]) }
            state.hasFailed = true
            return
        }
        state.unsent = nil
        state.status = status
    }

    private static func `extension`(_ limit: Duration) -> String {
        "EXTEND_TIMEOUT_USEC=\(Int64(limit / .microseconds(1)))"
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// The datagram socket of the service manager that started this program: the protocol of `sd_notify(3)`.
struct NotifySocket: Sendable {
    private let address: sockaddr_un
    private let length: socklen_t

    /// `NOTIFY_SOCKET`: a path, or a name in the abstract namespace behind an `@`; nil for anything else.
    init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count > 1 else { return nil }
        let isAbstract = first == UInt8(ascii: "@")
        guard isAbstract || first == UInt8(ascii: "/") else { return nil }
        var address = sockaddr_un()
        // A path ends with a zero byte; an abstract name begins with one and ends where the length says.
        guard bytes.count + (isAbstract ? 0 : 1) <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        if isAbstract { bytes[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Sends one message without waiting.
    /// - Returns: 0, or the errno of the call that failed.
    func send(_ text: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, length)
            }
        }
        return sent == bytes.count ? 0 : errno
    }
}
