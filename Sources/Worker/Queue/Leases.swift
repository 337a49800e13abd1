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
        /// Of the claim that is on its way.
        var expected: UUID?
        /// Tokens under which an attempt could not be recorded, and when that was.
        var abandoned: [UUID: ContinuousClock.Instant] = [:]
        var lastRenewal = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let lease: Duration
    private let timeLimit: Duration

    package init(lease: Duration, timeLimit: Duration) {
        self.lease = lease
        self.timeLimit = timeLimit
    }

    /// Whether leases can be renewed: a process that cannot keep what it has must not take more.
    package var areKept: Bool { state.withLock { ContinuousClock.now - $0.lastRenewal < lease * 0.67 } }

    /// Claims that are worked on within the time limit.
    package var held: [Claim] { claims { $0 < timeLimit } }

    /// Claims that no slot has come back with: their leases are left to run out.
    package var stuck: [Claim] { claims { $0 >= timeLimit } }

    /// Bytes of payload in the claims that are worked on.
    package var bytes: Int { state.withLock { $0.held.values.reduce(0) { $0 + $1.claim.bytes } } }

    /// Every token that nobody must give back: this process may still write under it, or its lease is to run out.
    package var tokens: [UUID] {
        let now = ContinuousClock.now
        return state.withLock { state in
            // Nobody has renewed it since: by now it has run out.
            state.abandoned = state.abandoned.filter { now - $0.value < lease * 2 }
            return Array(state.held.keys) + state.abandoned.keys + (state.expected.map { [$0] } ?? [])
        }
    }

    /// A claim is about to be made under this token; nil: it came to nothing.
    package func expect(_ token: UUID?) { state.withLock { $0.expected = token } }

    package func hold(_ claim: Claim) {
        state.withLock { state in
            state.held[claim.token] = Held(claim: claim, since: .now)
            state.expected = nil
        }
    }

    package func letGo(_ claim: Claim) { state.withLock { $0.held[claim.token] = nil } }

    /// An attempt failed and could not be recorded: the lease runs out, so that it counts as one that was lost.
    ///
    /// Given back it would have cost nothing, and the event could run for ever.
    package func abandon(_ claim: Claim) {
        state.withLock { state in
            state.held[claim.token] = nil
            state.abandoned[claim.token] = .now
        }
    }

    package func noteRenewal() { state.withLock { $0.lastRenewal = .now } }

    private func claims(_ isMeant: (Duration) -> Bool) -> [Claim] {
        let now = ContinuousClock.now
        return state.withLock { $0.held.values.filter { isMeant(now - $0.since) }.map(\.claim) }
    }
}
