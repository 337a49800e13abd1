import Base
import Database
import Synchronization

/// Lets the claim loop sleep until a notification arrives or its time is up.
final class WakeUpSignal: Sendable {
    private struct State {
        var isSent = false
        var sleeper: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Ends the present wait, or the next one at once when nobody waits.
    func send() {
        state.withLock { state in
            state.isSent = true
            state.sleeper?.cancel()
        }
    }

    /// Returns at the signal, after `limit`, or when the calling task is cancelled.
    func wait(upTo limit: Duration) async {
        let sleeper = Task { () -> Void in try? await Task.sleep(for: limit) }
        state.withLock { state in
            if state.isSent { sleeper.cancel() }
            state.sleeper = sleeper
        }
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        state.withLock { $0 = State() }
    }
}

/// Wakes the claim loop a moment after new events were committed.
///
/// The claim loop polls all the same: a lost notification costs a second.
struct Listener: Sendable {
    let connection: Connection
    let wakeUp: WakeUpSignal
    let log: Log

    /// Runs until the task is cancelled.
    func run() async {
        var backoff = Backoff(from: .milliseconds(200), to: .seconds(10))
        while !Task.isCancelled {
            do {
                try await connection.listen()
                backoff.reset()
                while !Task.isCancelled {
                    if try await connection.waitForNotification(upTo: .milliseconds(500)) { wakeUp.send() }
                }
            } catch {
                log(.debug, "not listening", error: error)
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}

extension Connection {
    fileprivate func listen() throws {
        try run("listen github_sync_events")
    }
}
