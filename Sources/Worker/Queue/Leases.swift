import Foundation
import Synchronization

/// The claims this process holds, for renewal and for the release at a hard stop.
///
/// Times are this process's own monotonic ones; the leases' deadlines are the server's.
package final class Leases: Sendable {
    private struct Held {
        let claim: Claim
        let since: ContinuousClock.Instant
    }

    private struct State {
        var held: [UUID: Held] = [:]
        /// The token of the claim that is being made.
        var expected: UUID?
        /// Tokens under which an attempt could not be recorded, and when that was.
        var expiring: [UUID: ContinuousClock.Instant] = [:]
        var lastRenewal = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let lease: Duration
    private let timeLimit: Duration

    package init(lease: Duration, timeLimit: Duration) {
        self.lease = lease
        self.timeLimit = timeLimit
    }

    /// Whether leases were renewed lately: a process that cannot keep what it has must not take more.
    package var canRenew: Bool { state.withLock { ContinuousClock.now - $0.lastRenewal < lease * 0.67 } }

    /// Claims that are worked on within the time limit.
    package var held: [Claim] { claims { $0 < timeLimit } }

    /// Claims that were worked on for longer than the time limit: their leases are left to run out.
    package var stuck: [Claim] { claims { $0 >= timeLimit } }

    /// Bytes of payload in the claims that are worked on.
    package var bytes: Int { state.withLock { $0.held.values.reduce(0) { $0 + $1.claim.bytes } } }

    /// The tokens whose rows must not be given back: this process may still write under them, or their leases are to run
    /// out.
    package var tokens: [UUID] {
        let now = ContinuousClock.now
        return state.withLock { state in
            // These were not renewed, so they have run out by then.
            state.expiring = state.expiring.filter { now - $0.value < lease * 2 }
            return Array(state.held.keys) + state.expiring.keys + (state.expected.map { [$0] } ?? [])
        }
    }

    /// A claim is about to be made under this token; nil when it failed.
    package func expect(_ token: UUID?) { state.withLock { $0.expected = token } }

    package func hold(_ claim: Claim) {
        state.withLock { state in
            state.held[claim.token] = Held(claim: claim, since: .now)
            state.expected = nil
        }
    }

    package func remove(_ claim: Claim) { state.withLock { $0.held[claim.token] = nil } }

    /// For an attempt that failed and could not be recorded: when its lease runs out it counts as a crash.
    ///
    /// Given back, it would have cost nothing, and the event could run for ever.
    package func leaveToExpire(_ claim: Claim) {
        state.withLock { state in
            state.held[claim.token] = nil
            state.expiring[claim.token] = .now
        }
    }

    package func renewed() { state.withLock { $0.lastRenewal = .now } }

    private func claims(_ isMeant: (Duration) -> Bool) -> [Claim] {
        let now = ContinuousClock.now
        return state.withLock { $0.held.values.filter { isMeant(now - $0.since) }.map(\.claim) }
    }
}
