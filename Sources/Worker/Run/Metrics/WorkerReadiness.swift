import Synchronization

/// Whether this process can claim, keep and sync events.
final class WorkerReadiness: Sendable {
    private struct State {
        var lastClaim: ContinuousClock.Instant?
        /// What has kept events from being synced since the last batch that was.
        var obstacle: Obstacle?
    }

    private struct Obstacle {
        let since: ContinuousClock.Instant
        var last: ContinuousClock.Instant
        var reason: String
    }

    private let lease: Duration
    private let state = Mutex(State())

    init(lease: Duration) {
        self.lease = lease
    }

    /// A claim or a round of renewals went through.
    func succeeded(at now: ContinuousClock.Instant) { state.withLock { $0.lastClaim = now } }

    /// A batch was synced.
    func synced() { state.withLock { $0.obstacle = nil } }

    /// A batch has to wait for something that is not its own fault.
    func obstructed(by reason: String, at now: ContinuousClock.Instant = .now) {
        state.withLock { $0.obstacle = Obstacle(since: $0.obstacle?.since ?? now, last: now, reason: reason) }
    }

    /// Why it cannot; nil when it can.
    func problem(at now: ContinuousClock.Instant) -> String? {
        let state = state.withLock(\.self)
        guard let last = state.lastClaim else { return "The database has not been checked yet." }
        guard now - last < lease else {
            return "No claim or renewal has succeeded for as long as a lease lasts (\(lease / .seconds(1)) s)."
        }
        // An obstacle that no event has met lately is over: the events that met it are gone.
        guard let obstacle = state.obstacle, now - obstacle.since >= lease, now - obstacle.last < lease else {
            return nil
        }
        return "No event could be synced for as long as a lease lasts (\(lease / .seconds(1)) s): \(obstacle.reason)"
    }
}
