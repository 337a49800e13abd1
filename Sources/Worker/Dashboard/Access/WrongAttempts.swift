import HTTP
import Synchronization

/// How often an address was wrong within the current second.
///
/// Whoever guesses gets ten guesses a second; then even the right secret has to wait for the next one.
final class WrongAttempts: Sendable {
    static let perSecond = 10

    private struct State {
        var second: Int64 = 0
        var counts: [IPAddress: Int] = [:]
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    /// Whether this address has no guess left now.
    func isExhausted(_ address: IPAddress, at now: ContinuousClock.Instant = .now) -> Bool {
        withCounts(at: now) { $0[address, default: 0] >= Self.perSecond }
    }

    func note(_ address: IPAddress, at now: ContinuousClock.Instant = .now) {
        withCounts(at: now) { $0[address, default: 0] += 1 }
    }

    /// The counts of this second, which are few: a request is read before it is counted.
    private func withCounts<Value: Sendable>(
        at now: ContinuousClock.Instant,
        _ body: (inout [IPAddress: Int]) -> Value
    ) -> Value {
        let second = (now - start).components.seconds
        return state.withLock { state in
            if state.second != second { state = State(second: second) }
            return body(&state.counts)
        }
    }
}
