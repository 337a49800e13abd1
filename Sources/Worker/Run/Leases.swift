import Foundation
import Shared
import Synchronization

/// The claims this process holds, for renewal and for the release at a hard stop.
///
/// Times are this process's own monotonic ones; the leases' deadlines are the server's.
final class Leases: Sendable {
    private struct Held {
        let claim: Claim
        let since: ContinuousClock.Instant
    }

    private struct State {
        var held: [UUID: Held] = [:]
        /// Of the claim that is on its way.
        var expected: UUID?
        var lastRenewal = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let lease: Duration
    private let timeLimit: Duration

    init(lease: Duration, timeLimit: Duration) {
        self.lease = lease
        self.timeLimit = timeLimit
    }

    /// Whether leases can be renewed: a process that cannot keep what it has must not take more.
    var areKept: Bool { state.withLock { ContinuousClock.now - $0.lastRenewal < lease * 0.67 } }

    /// Claims that are worked on within the time limit.
    var held: [Claim] { claims { $0 < timeLimit } }

    /// Claims that no slot has come back with: their leases are left to run out.
    var stuck: [Claim] { claims { $0 >= timeLimit } }

    /// Every token this process may still write under.
    var tokens: [UUID] { state.withLock { Array($0.held.keys) + ($0.expected.map { [$0] } ?? []) } }

    /// A claim is about to be made under this token; nil: it came to nothing.
    func expect(_ token: UUID?) { state.withLock { $0.expected = token } }

    func hold(_ claim: Claim) {
        state.withLock { state in
            state.held[claim.token] = Held(claim: claim, since: .now)
            state.expected = nil
        }
    }

    func letGo(_ claim: Claim) { state.withLock { $0.held[claim.token] = nil } }
    func noteRenewal() { state.withLock { $0.lastRenewal = .now } }

    private func claims(_ isMeant: (Duration) -> Bool) -> [Claim] {
        let now = ContinuousClock.now
        return state.withLock { $0.held.values.filter { isMeant(now - $0.since) }.map(\.claim) }
    }
}
