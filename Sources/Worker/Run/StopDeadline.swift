import Synchronization

/// What happens when a stop takes too long; nothing once it is through.
final class StopDeadline: Sendable {
    private let timer = Mutex<Task<Void, Never>?>(nil)

    func start(after limit: Duration, _ action: @escaping @Sendable () async -> Void) {
        // Detached: it is started by a task that was cancelled.
        let task = Task.detached {
            do {
                try await Task.sleep(for: limit)
            } catch {
                return
            }
            await action()
        }
        timer.withLock { $0 = task }
    }

    func cancel() { timer.withLock { $0?.cancel() } }
}
