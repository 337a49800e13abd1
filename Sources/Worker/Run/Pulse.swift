import Synchronization

/// Signs of life of the loops of a worker.
///
/// Each loop says, before whatever it waits for, by when it will be back at the latest; the process is alive while none
/// of them is overdue.
final class Pulse: Sendable {
    enum Part: Sendable, Hashable {
        /// The check of the database at the start, then the claim loop.
        case work
        case upkeep
    }

    /// More than a few statements take before they are given up, connecting included.
    static let statements: Duration = .seconds(120)

    private let deadlines = Mutex<[Part: ContinuousClock.Instant]>([:])

    /// `part` is alive at `now`, and will say so again before `limit` is over.
    func beat(_ part: Part, within limit: Duration, at now: ContinuousClock.Instant = .now) {
        deadlines.withLock { $0[part] = now + limit }
    }

    /// Whether every part that has given a sign is within its time.
    func isAlive(at now: ContinuousClock.Instant) -> Bool {
        deadlines.withLock { $0.values.allSatisfy { now <= $0 } }
    }
}
