import Foundation
import Shared
import Synchronization

/// The claims this process holds, for renewal and for the release at a hard stop.
final class Leases: Sendable {
    private struct State {
        var held: [UUID: Claim] = [:]
        var lastRenewal = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let lease: Duration

    init(lease: Duration) {
        self.lease = lease
    }

    /// Whether leases can be renewed: a process that cannot keep what it has must not take more.
    ///
    /// Measured on this process's own monotonic clock; the deadlines themselves are the server's.
    var areKept: Bool { state.withLock { ContinuousClock.now - $0.lastRenewal < lease * 0.67 } }

    var held: [Claim] { state.withLock { Array($0.held.values) } }

    func hold(_ claim: Claim) { state.withLock { $0.held[claim.token] = claim } }
    func letGo(_ claim: Claim) { state.withLock { $0.held[claim.token] = nil } }
    func noteRenewal() { state.withLock { $0.lastRenewal = .now } }
}
