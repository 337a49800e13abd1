import Shared
import Synchronization

/// Whether this process can claim and keep events.
final class WorkerReadiness: Sendable {
    private let lease: Duration
    private let lastSuccess = Mutex<ContinuousClock.Instant?>(nil)

    init(lease: Duration) {
        self.lease = lease
    }

    /// A claim or a round of renewals went through.
    func succeeded(at now: ContinuousClock.Instant) { lastSuccess.withLock { $0 = now } }

    /// Why it cannot; nil when it can.
    func problem(at now: ContinuousClock.Instant) -> String? {
        guard let last = lastSuccess.withLock({ $0 }) else { return "The database has not been checked yet." }
        guard now - last >= lease else { return nil }
        return "No claim or renewal has succeeded for as long as a lease lasts (\(lease / .seconds(1)) s)."
    }
}
