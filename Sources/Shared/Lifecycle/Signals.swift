import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into cancellation of the running program.
package enum Signals {
    /// Runs `body` and cancels it at the first SIGTERM or SIGINT: what is in hand is finished.
    ///
    /// `onSecond` runs at the second signal, for those who will not wait; by default it ends the process.
    package static func cancelling<Value: Sendable>(
        onSecond: @escaping @Sendable () -> Void = { _exit(130) },
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await body() }
        let received = Mutex(0)
        let handler: @Sendable () -> Void = {
            let count = received.withLock { count in
                count += 1
                return count
            }
            if count == 1 { task.cancel() } else { onSecond() }
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
