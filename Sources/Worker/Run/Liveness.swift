import Synchronization

/// Deadlines that the loops of a worker set for themselves.
///
/// Each loop extends its own before whatever it waits for. A loop that misses its deadline is stuck, and systemd's watchdog
/// restarts the process.
final class Liveness: Sendable {
    enum Loop: Sendable, Hashable {
        /// The check of the database at the start, then the claim loop.
        case claims
        case maintenance
    }

    /// More than a few statements take before they are given up, connecting included.
    static let statementLimit: Duration = .seconds(120)

    private let deadlines = Mutex<[Loop: ContinuousClock.Instant]>([:])

    /// Says at `now` that the loop will be back before `limit` is over.
    func extend(_ loop: Loop, by limit: Duration, at now: ContinuousClock.Instant = .now) {
        deadlines.withLock { $0[loop] = now + limit }
    }

    /// Whether no loop that has begun has missed its deadline.
    func isAlive(at now: ContinuousClock.Instant) -> Bool {
        deadlines.withLock { $0.values.allSatisfy { now <= $0 } }
    }
}
