import Foundation
import Synchronization

/// Tells the service manager that started this program how it is: systemd with `Type=notify`, or another that speaks
/// the protocol of `sd_notify(3)`.
package final class ServiceNotifier: Sendable {
    private enum Phase {
        case starting, ready, stopping
    }

    private struct State {
        var phase = Phase.starting
        /// The line about the phase that the manager has not got yet.
        var unsent: String?
        var describe: (@Sendable () -> String)?
        /// As the manager has it.
        var status: String?
        var hasFailed = false
    }

    private let socket: NotifySocket
    private let watchdog: Duration?
    private let log: Log
    private let state = Mutex(State())

    /// How often the status is looked at where no watchdog asks for more.
    private static let round: Duration = .seconds(10)

    /// Nil unless `NOTIFY_SOCKET` is set.
    ///
    /// `WATCHDOG_USEC` counts for the process of `WATCHDOG_PID` only, where that is set.
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

    /// The program can do its work from now on; what waits for this service may start.
    ///
    /// Only the first call says something.
    package func ready() {
        state.withLock { state in
            guard state.phase == .starting else { return }
            state.phase = .ready
            state.unsent = "READY=1"
            send([], &state)
        }
    }

    /// The program is ending, and may take `limit` for it even where the unit allows less.
    package func stopping(within limit: Duration) {
        state.withLock { state in
            state.phase = .stopping
            state.unsent = "STOPPING=1\n\(Self.extension(limit))"
            send([], &state)
        }
    }

    /// Gives signs of life until the task is cancelled: at once, then twice in the time of the watchdog.
    ///
    /// - Parameters:
    ///   - status: one line for `systemctl status`, sent when it has changed.
    ///   - isAlive: whether the program moves where it counts. While it does not, or does not answer, the watchdog hears
    ///     nothing.
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
            // Whoever waits for a database is starting, not stuck.
            if state.phase == .starting { lines.append(Self.extension(limit)) }
            send(lines, &state)
        }
    }

    /// Sends what is due; what the manager does not take is said again in the next round.
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
