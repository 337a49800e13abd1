import Foundation
import Glibc
import Synchronization

/// A small HTTP/1.1 server: one event loop per thread, each with its own listening socket and its own connections.
package final class HTTPServer: Sendable {
    /// Where it listens, with the port the system chose where 0 was asked for.
    package let address: ListenAddress

    private let limits: HTTPLimits
    private let service: HTTPService
    private let report: @Sendable (HTTPServerEvent) -> Void
    private let gate: ConnectionGate
    private let loops: [LoopParts]
    private let hasRun = Mutex(false)
    private let lost = Mutex<HTTPServerError?>(nil)

    /// Binds and listens; clients may connect from now on and are served by `run()`.
    ///
    /// - Parameters:
    ///   - listen: where; port 0 lets the system choose.
    ///   - inherited: a socket that listens already, which all loops share; then `listen` does not count.
    ///   - sharesAddress: whether another process of the same user may listen there, too; connections go to either.
    ///   - limits: what clients may do.
    ///   - loops: how many threads serve, at least 1.
    ///   - service: what is served; called on those threads.
    ///   - report: hears what is worth logging, on those threads; it must not block.
    /// - Throws: `HTTPServerError`, which names the address.
    package init(
        listen: ListenAddress,
        inherited: InheritedSocket? = nil,
        sharesAddress: Bool = false,
        limits: HTTPLimits = HTTPLimits(),
        loops: Int,
        service: HTTPService,
        report: @escaping @Sendable (HTTPServerEvent) -> Void = { _ in }
    ) throws(HTTPServerError) {
        let first = try LoopParts(listener: Self.listener(inherited, listen, sharesAddress))
        var all = [first]
        while all.count < loops {
            all.append(try LoopParts(listener: first.listener.another()))
        }
        self.loops = all
        address = first.listener.address
        self.limits = limits
        self.service = service
        self.report = report
        gate = ConnectionGate(limits: limits)
    }

    private static func listener(
        _ inherited: InheritedSocket?,
        _ listen: ListenAddress,
        _ sharesAddress: Bool
    ) throws(HTTPServerError) -> ListeningSocket {
        guard let inherited else { return try ListeningSocket(listen, isSharedWithAll: sharesAddress) }
        return try ListeningSocket(inherited)
    }

    package var port: Int { Int(address.port) }

    /// What was counted so far.
    package var statistics: HTTPStatistics {
        loops.reduce(into: HTTPStatistics()) { $0 += $1.counters.current }
    }

    /// Why the server ended by itself.
    package var fault: HTTPServerError? { lost.withLock { $0 } }

    /// Serves until the task is cancelled, then finishes what is in hand, within `drainDeadline`; call it once.
    ///
    /// It ends the same way by itself, with a `fault`, when its socket no longer listens.
    package func run() async {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        precondition(isFirst, "HTTPServer.run() serves once")
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for (number, parts) in loops.enumerated() {
                    group.addTask { await self.serve(parts, name: "http-\(number)") }
                }
            }
        } onCancel: {
            drain()
        }
    }

    private func drain() {
        for parts in loops { parts.mailbox.post(.drain) }
    }

    private func hear(_ event: HTTPServerEvent) {
        report(event)
        guard case .listenerLost(let code) = event else { return }
        lost.withLock { $0 = $0 ?? HTTPServerError(call: "accept", code: code, address: address) }
        drain()
    }

    /// Waits until every loop has handled a message sent now, or has ended.
    ///
    /// Proves that none of them hangs.
    package func ping() async {
        for parts in loops {
            await withCheckedContinuation { continuation in parts.mailbox.post(.ping { continuation.resume() }) }
        }
    }

    /// Runs one loop on a thread of its own: it blocks, which no thread of the concurrency runtime may.
    private func serve(_ parts: LoopParts, name: String) async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                let context = LoopContext(limits: limits, service: service, parts: parts, gate: gate, report: hear)
                EventLoop(context: context, listener: parts.listener).run()
                continuation.resume()
            }
            thread.name = name
            thread.start()
        }
    }
}

/// A server that cannot start, or that runs and has lost its socket, with the system call that said so.
package struct HTTPServerError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let code: Int32
    /// Nil where the fault has nothing to do with the address.
    package let address: ListenAddress?
    /// The process that listens there already, in words; nil where none does or where the system does not tell.
    let holder: String?

    init(call: String, code: Int32, address: ListenAddress? = nil, holder: String? = nil) {
        self.call = call
        self.code = code
        self.address = address
        self.holder = holder
    }

    package var isAddressInUse: Bool { code == EADDRINUSE }

    package var description: String {
        if let address, isAddressInUse {
            return "cannot listen on \(address): the address is in use by \(holder ?? "another process")"
        }
        let reason = "\(call): \(String(cString: strerror(code)))"
        return address.map { "cannot listen on \($0): \(reason)" } ?? "cannot start the HTTP server: \(reason)"
    }
}
