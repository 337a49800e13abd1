import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into cancellation of the running program.
package enum Signals {
    /// Signals this close together count as one: `timeout` and some supervisors send theirs twice.
    private static let oneRequest: Duration = .milliseconds(500)

    /// Runs `body` and cancels it at the first SIGTERM or SIGINT, so that it can finish what it is doing.
    ///
    /// `onSecond` runs at a second signal; by default it ends the process at once.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package static func cancelling<Value: Sendable>(
        onSecond: @escaping @Sendable () -> Void = { _exit(130) },
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await body() }
        let first = Mutex<ContinuousClock.Instant?>(nil)
        let handler: @Sendable () -> Void = {
            let now = ContinuousClock.now
            let earlier = first.withLock { first in
                defer { first = first ?? now }
                return first
            }
            guard let earlier else { return task.cancel() }
            if now - earlier > oneRequest { onSecond() }
        }
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        return try await task.value
    }
}
