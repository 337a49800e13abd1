import Synchronization

/// Counts the connections of all loops and keeps them within the limits.
final class ConnectionGate: Sendable {
    private struct State {
        var total = 0
        var perAddress: [IPAddress: Int] = [:]
    }

    private let state = Mutex(State())
    private let total: Int
    private let perAddress: Int
    private let forwarding: HTTPForwarding

    init(limits: HTTPLimits) {
        total = limits.connections
        perAddress = limits.connectionsPerAddress
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
}
