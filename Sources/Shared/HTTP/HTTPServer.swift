import Foundation
import Synchronization

/// A small HTTP/1.1 server: one event loop per thread, each with its own listening socket and its own connections.
package final class HTTPServer: Sendable {
    /// The port it listens on: the one asked for, or the one the system chose.
    package let port: Int

    private let limits: HTTPLimits
    private let service: HTTPService
    private let report: @Sendable (HTTPServerEvent) -> Void
    private let gate: ConnectionGate
    private let loops: [LoopParts]
    private let hasRun = Mutex(false)

    /// Binds and listens; clients may connect from now on and are served by `run()`.
    ///
    /// - Parameters:
    ///   - listen: where; port 0 lets the system choose.
    ///   - limits: what clients may do.
    ///   - loops: how many threads serve, at least 1.
    ///   - service: what is served; called on those threads.
    ///   - report: hears what is worth logging, on those threads; it must not block.
    /// - Throws: `HTTPServerError`, which names the address.
    package init(
        listen: ListenAddress,
        limits: HTTPLimits = HTTPLimits(),
        loops: Int,
        service: HTTPService,
        report: @escaping @Sendable (HTTPServerEvent) -> Void = { _ in }
    ) throws(HTTPServerError) {
        let first = try LoopParts(listener: ListeningSocket(listen))
        var all = [first]
        while all.count < loops {
            all.append(try LoopParts(listener: ListeningSocket(first.listener.address)))
        }
        self.loops = all
        port = Int(first.listener.address.port)
        self.limits = limits
        self.service = service
        self.report = report
        gate = ConnectionGate(limits: limits)
    }

    /// What was counted so far.
    package var statistics: HTTPStatistics {
        loops.reduce(into: HTTPStatistics()) { $0 += $1.counters.current }
    }

    /// Serves until the task is cancelled, then finishes what is in hand, within `drainDeadline`; call it once.
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
            for parts in loops { parts.mailbox.post(.drain) }
        }
    }

    /// Runs one loop on a thread of its own: it blocks, which no thread of the concurrency runtime may.
    private func serve(_ parts: LoopParts, name: String) async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                let context = LoopContext(limits: limits, service: service, parts: parts, gate: gate, report: report)
                EventLoop(context: context, listener: parts.listener).run()
                continuation.resume()
            }
            thread.name = name
            thread.start()
        }
    }
}
