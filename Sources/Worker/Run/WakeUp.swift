import Synchronization

/// Lets the claim loop sleep until a notification arrives or its time is up.
final class WakeUp: Sendable {
    private struct State {
        var isSignalled = false
        var sleeper: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Ends the present wait, or the next one at once when nobody waits.
    func signal() {
        state.withLock { state in
            state.isSignalled = true
            state.sleeper?.cancel()
        }
    }

    /// Returns at the signal, after `limit`, or when the calling task is cancelled.
    func wait(upTo limit: Duration) async {
        let sleeper = Task { () -> Void in try? await Task.sleep(for: limit) }
        state.withLock { state in
            if state.isSignalled { sleeper.cancel() }
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
