import Glibc

/// One connection: its socket, its parser and where it stands; used only on its loop's thread.
final class HTTPConnection {
    enum Phase {
        /// Between requests.
        case idle
        /// Some of a head has come.
        case head
        /// The head is admitted, its body is on the way.
        case body
        /// The service has the whole request; nothing is read meanwhile.
        case inHand
        /// The answer is on its way.
        case answering
        /// The last answer is on its way.
        case closing
        /// The last answer is out; what the peer still sends is dropped.
        case lingering
        case closed

        var isReading: Bool {
            switch self {
            case .idle, .head, .body: true
            case .inHand, .answering, .closing, .lingering, .closed: false
            }
        }
    }

    let id: ConnectionID
    let peer: IPAddress
    let context: LoopContext

    var phase = Phase.idle
    var parser: HTTPParser
    /// When the current phase must be over; nil while the service has the request.
    var deadline: ContinuousClock.Instant?
    var requests = 0
    /// Answers begun.
    var answers = 0

    var sink: (any HTTPBodySink)?
    var bodyReceived = 0
    /// The deadline of the body moves on once so much of it has come.
    var bodyMark = 0
    /// Bytes of requests sent ahead, at most one read's worth; nothing is read while there are some.
    var ahead: [UInt8] = []

    /// What the socket has not taken yet, from `outputStart` on.
    var output: [UInt8] = []
    var outputStart = 0
    var answersHEAD = false
    var closesAfterAnswer = false
    var lingerLeft = 0

    private var interest = Poller.readable

    /// Takes over an accepted socket; nil, and the socket closed, when the system cannot watch one more.
    init?(id: ConnectionID, peer: IPAddress, context: LoopContext) {
        self.id = id
        self.peer = peer
        self.context = context
        parser = HTTPParser(limits: context.limits, peer: peer.description)
        deadline = context.now + context.limits.idleDeadline
        guard context.poller.add(id, interest) else {
            Glibc.close(id.descriptor)
            return nil
        }
    }

    var isClosed: Bool { if case .closed = phase { true } else { false } }

    /// Deals with what epoll says about the socket.
    ///
    /// A peer that has sent all it will (a half-close) looks the same as one that has gone until a write fails, so an
    /// end of input never takes away an answer; only an error does.
    func handle(_ events: UInt32) {
        if events & Poller.broken != 0 { return close() }
        if events & Poller.writable != 0 { flush() }
        if events & (Poller.readable | Poller.hungUp) != 0 { becomeReadable(hungUp: events & Poller.hungUp != 0) }
        goOn()
    }

    /// Sends what the service answered to the request in hand; there is one, since a reply speaks once.
    func deliver(_ response: HTTPResponse) {
        answer(response)
        goOn()
    }

    /// Ends a body that is still on its way: the `request`th request of this connection.
    func endBody(_ request: Int, with response: () -> HTTPResponse) {
        guard case .body = phase, requests == request else { return }
        dropSink()
        closesAfterAnswer = true
        answer(response())
        updateInterest()
    }

    /// Goes on with what was sent ahead; the loop calls it in turn with the other connections that wait so.
    func takeTurn() {
        guard case .idle = phase, !ahead.isEmpty else { return }
        let bytes = ahead
        ahead = []
        process(bytes.span)
        goOn()
    }

    /// Closes the connection if nothing has been asked for; a request whose bytes wait in the socket still counts.
    func drain() {
        guard case .idle = phase, ahead.isEmpty else { return }
        receive()
        goOn()
        guard case .idle = phase, ahead.isEmpty else { return }
        if requests > 0 { return close() }
        // A client that has just connected is about to send.
        deadline = context.now + min(context.limits.idleDeadline, .seconds(1))
    }

    /// Ends a phase that lasted too long.
    func expire() {
        switch phase {
        case .idle:
            time(out: .idle)
            close()
        case .head:
            time(out: .head)
            answerTimeout()
        case .body:
            time(out: .body)
            answerTimeout()
        case .answering, .closing:
            time(out: .write)
            close()
        case .lingering:
            close()
        case .inHand, .closed:
            break
        }
        updateInterest()
    }

    func close() {
        guard !isClosed else { return }
        dropSink()
        phase = .closed
        Glibc.close(id.descriptor)
        context.gate.leave(peer)
        context.count { $0.open -= 1 }
    }

    func dropSink() {
        sink?.abandon()
        sink = nil
    }

    /// Stops hearing about input, which would be reported again and again while nothing reads it.
    func pauseReading() {
        interest &= ~Poller.readable
        context.poller.change(id, to: interest)
    }

    private func goOn() {
        if case .idle = phase, !ahead.isEmpty { context.turns.append(id) }
        updateInterest()
    }

    private func updateInterest() {
        var wanted = interest & Poller.readable
        switch phase {
        case .idle where !ahead.isEmpty: break
        case .idle, .head, .body, .lingering: wanted = Poller.readable
        case .inHand, .answering, .closing: break
        case .closed: return
        }
        if !output.isEmpty { wanted |= Poller.writable }
        guard wanted != interest else { return }
        interest = wanted
        context.poller.change(id, to: interest)
    }

    private func time(out timeout: HTTPServerEvent.Timeout) {
        context.note(.timedOut(timeout, address: peer.description))
    }

    private func answerTimeout() {
        dropSink()
        closesAfterAnswer = true
        answer(.error(408, code: "request_timeout", detail: "The request did not arrive in time."))
    }
}
