import Synchronization

/// Counts the connections and streams of all loops and keeps them within the limits.
final class ConnectionGate: Sendable {
    private struct State {
        var total = 0
        var perAddress: [IPAddress: Int] = [:]
        var streams = 0
    }

    private let state = Mutex(State())
    private let total: Int
    private let perAddress: Int
    private let streams: Int
    private let forwarding: HTTPForwarding

    init(limits: HTTPLimits) {
        total = limits.connections
        perAddress = limits.connectionsPerAddress
        streams = limits.streams
        forwarding = HTTPForwarding(trusted: limits.trustedProxies)
    }

    /// Lets a connection from `address` in, or says which limit it would break.
    func enter(_ address: IPAddress) -> HTTPServerEvent.ConnectionLimit? {
        let isExempt = forwarding.trusts(address)
        return state.withLock { state in
            guard state.total < total else { return .total }
            if !isExempt {
                let count = state.perAddress[address.countedAs, default: 0]
                guard count < perAddress else { return .perAddress }
                state.perAddress[address.countedAs] = count + 1
            }
            state.total += 1
            return nil
        }
    }

    /// Takes back what `enter` counted.
    func leave(_ address: IPAddress) {
        let isExempt = forwarding.trusts(address)
        state.withLock { state in
            state.total -= 1
            guard !isExempt, let count = state.perAddress[address.countedAs] else { return }
            state.perAddress[address.countedAs] = count > 1 ? count - 1 : nil
        }
    }

    /// Whether there is room for one more stream, which is then counted.
    func enterStream() -> Bool {
        state.withLock { state in
            guard state.streams < streams else { return false }
            state.streams += 1
            return true
        }
    }

    func leaveStream() { state.withLock { $0.streams -= 1 } }
}
