/// What the connections of one loop share; it never leaves the loop's thread.
final class LoopContext {
    /// Without a body on its way a connection reads this much at once, which bounds what it has to keep of requests
    /// that were sent ahead.
    static let headRead = 16 * 1024

    let limits: HTTPLimits
    let service: HTTPService
    let poller: Poller
    let mailbox: LoopMailbox
    let gate: ConnectionGate
    let forwarding: HTTPForwarding
    private let counters: HTTPCounters
    private let report: @Sendable (HTTPServerEvent) -> Void

    /// Read into by whichever connection has something to read.
    var input = [UInt8](repeating: 0, count: 64 * 1024)
    /// Where answers are put together; what the socket does not take at once moves to the connection.
    var output: [UInt8] = []
    /// The time of the current round of events.
    var now = ContinuousClock.now
    var isDraining = false
    /// The connections whose next request has come and waits for its turn.
    var turns: [ConnectionID] = []

    init(
        limits: HTTPLimits,
        service: HTTPService,
        parts: LoopParts,
        gate: ConnectionGate,
        report: @escaping @Sendable (HTTPServerEvent) -> Void
    ) {
        self.limits = limits
        self.service = service
        poller = parts.poller
        mailbox = parts.mailbox
        counters = parts.counters
        self.gate = gate
        forwarding = HTTPForwarding(trusted: limits.trustedProxies)
        self.report = report
    }

    func count(_ body: (inout HTTPStatistics) -> Void) { counters.update(body) }

    /// Counts and reports `event`.
    func note(_ event: HTTPServerEvent) {
        counters.update { $0.count(event) }
        report(event)
    }
}
