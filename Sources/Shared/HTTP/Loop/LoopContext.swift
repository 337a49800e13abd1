/// What a loop needs from the system and from other threads.
///
/// It is made before the thread of the loop starts, where a failure can still be reported.
struct LoopParts: Sendable {
    let poller: Poller
    let mailbox: LoopMailbox
    let listener: ListeningSocket
    let counters = HTTPCounters()

    init(listener: ListeningSocket) throws(HTTPServerError) {
        self.listener = listener
        poller = try Poller()
        mailbox = try LoopMailbox()
    }
}

/// What the connections of one loop share; used only on the loop's thread.
final class LoopContext {
    let limits: HTTPLimits
    let service: HTTPService
    let poller: Poller
    let mailbox: LoopMailbox
    let gate: ConnectionGate
    let forwarding: HTTPForwarding
    private let counters: HTTPCounters
    private let report: @Sendable (HTTPServerEvent) -> Void

    /// Whichever connection has something to read reads it into this.
    var input = [UInt8](repeating: 0, count: 64 * 1024)
    private let start = ContinuousClock.now
    /// The time of the current round of events, since the loop was made.
    private(set) var now = Duration.zero
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

    /// The time as it is, which may be later than `now`.
    var time: Duration { start.duration(to: .now) }

    func beginRound() { now = time }

    func count(_ body: (inout HTTPStatistics) -> Void) { counters.update(body) }

    /// Counts and reports `event`.
    func note(_ event: HTTPServerEvent) {
        counters.update { $0.count(event) }
        report(event)
    }
}
