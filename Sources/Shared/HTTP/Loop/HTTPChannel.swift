import Glibc

/// The socket of one connection: tells the state machine what happens and does what it asks for.
///
/// Used only on the thread of its loop.
final class HTTPChannel {
    let id: ConnectionID
    private let peer: IPAddress
    private let context: LoopContext

    private var connection: HTTPConnection
    /// Takes the body of the current request.
    private var sink: (any HTTPBodySink)?
    /// Weak, so that a stream ends when whoever fed it has let go of it.
    private weak var stream: HTTPStream?
    private var countsAsStream = false

    /// What epoll watches the socket for.
    private var interest = Poller.readable

    /// Takes over an accepted socket; nil, and the socket closed, when the system cannot watch one more.
    init?(id: ConnectionID, peer: IPAddress, context: LoopContext) {
        self.id = id
        self.peer = peer
        self.context = context
        connection = HTTPConnection(limits: context.limits, peer: peer.description, at: context.now)
        guard context.poller.add(id, interest) else {
            Glibc.close(id.descriptor)
            return nil
        }
    }

    var isClosed: Bool { connection.isClosed }

    /// epoll has something to say about the socket.
    func handle(_ events: UInt32) {
        if events & Poller.broken != 0 { return close() }
        if events & Poller.writable != 0 { send() }
        if events & (Poller.readable | Poller.hungUp) != 0 {
            perform(connection.readable(hungUp: events & Poller.hungUp != 0))
        }
        settle()
    }

    /// The service has answered the request in hand.
    func deliver(_ answer: HTTPReply.Answer) {
        give(answer)
        settle()
    }

    /// A body that is still on its way must end: that of the `request`th request.
    func endBody(_ request: Int, with response: () -> HTTPResponse) {
        guard connection.isReceiving(request: request) else { return }
        dropSink()
        respond(response())
        settle()
    }

    /// A stream has more to send.
    func feed(_ stream: HTTPStream) {
        guard connection.isStreaming else {
            stream.markEnded()
            return
        }
        if let bytes = stream.take() {
            connection.feed(bytes)
        } else {
            perform(connection.cutStream())
        }
        settle()
    }

    /// A stream ends after what it has sent.
    func endStream() {
        perform(connection.endStream(.normal, at: context.now))
        settle()
    }

    /// Goes on with what was sent ahead; the loop calls it in turn with the other connections that wait so.
    func takeTurn() {
        guard let ahead = connection.takeAhead() else { return }
        process(ahead.span)
        settle()
    }

    /// The server stops.
    func drain() {
        perform(connection.drain(at: context.now))
        perform(connection.closeIfIdle(at: context.now))
        settle()
    }

    /// Called at every tick of the loop.
    func timePassed() {
        guard let deadline = connection.deadline, context.now >= deadline else { return }
        perform(connection.timePassed(at: context.now))
        settle()
    }

    func close() {
        perform(connection.close())
        settle()
    }

    /// Does what has to be done after any event.
    private func settle() {
        // A socket that was full says when it is not; until then there is no use in trying.
        if interest & Poller.writable == 0 { send() } else { perform(connection.wrote(0, at: context.now)) }
        if countsAsStream, !connection.isStreaming { leaveStream() }
        guard !connection.isClosed else { return }
        if connection.wantsTurn { context.turns.append(id) }
        var wanted = connection.isReading ? Poller.readable : interest & Poller.readable
        if !connection.output.isEmpty { wanted |= Poller.writable }
        watch(for: wanted)
    }

    private func watch(for wanted: UInt32) {
        guard wanted != interest else { return }
        interest = wanted
        context.poller.change(id, to: interest)
    }

    private func perform(_ action: HTTPConnection.Action) {
        switch action {
        case .wait: break
        case .read(let size): read(size)
        case .discard(let size): discard(size)
        case .pauseReading: watch(for: interest & ~Poller.readable)
        case .endOutput: if shutdown(id.descriptor, Int32(SHUT_WR)) != 0 { perform(connection.close()) }
        case .timedOut(let timeout):
            context.note(.timedOut(timeout, address: peer.description))
            if connection.isClosed { release() } else { beginAnswer(HTTPResponse.requestTimeout.status) }
        case .close: release()
        case .cutStream:
            context.count { $0.cutStreams += 1 }
            release()
        }
    }

    private func release() {
        dropSink()
        Glibc.close(id.descriptor)
        context.gate.leave(peer)
        context.count { $0.open -= 1 }
    }

    private func dropSink() {
        sink?.abandon()
        sink = nil
    }
}

// MARK: - Input

extension HTTPChannel {
    private func read(_ size: Int) {
        let count = context.input.withUnsafeMutableBytes {
            recv(id.descriptor, $0.baseAddress, min(size, $0.count), 0)
        }
        if count > 0 {
            let input = context.input
            process(input.span.extracting(0..<count))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            perform(connection.inputEnded())
        }
    }

    private func discard(_ size: Int) {
        // MSG_TRUNC: the system throws the bytes away without copying them.
        let count = recv(id.descriptor, nil, min(size, 1 << 20), Int32(MSG_TRUNC))
        if count > 0 {
            perform(connection.discarded(count))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            perform(connection.inputEnded())
        }
    }

    /// Goes through `input` until it is used up or a request is answered or in hand.
    private func process(_ input: Span<UInt8>) {
        var offset = 0
        while carryOut(connection.next(input, &offset, at: context.now), input) {}
        connection.keep(input.extracting(offset..<input.count))
    }

    /// Whether the input is to be looked at further.
    private func carryOut(_ step: HTTPConnection.Step, _ input: Span<UInt8>) -> Bool {
        switch step {
        case .wait: return false
        case .decide(let head): return carryOut(decide(head), input)
        case .bodyFollows: return true
        case .body(let range): return take(input.extracting(range))
        case .complete:
            finish()
            return false
        case .refused(let refusal):
            context.note(.refusedRequest(refusal, address: peer.description))
            beginAnswer(refusal.status)
            return false
        }
    }

    private func decide(_ head: HTTPRequestHead) -> HTTPConnection.Step {
        var head = head
        let forwarded = context.forwarding.sender(behind: peer, fields: head.fields)
        if let forwarded { head.client = forwarded.description }
        switch context.service.admit(head) {
        case .respond(let response):
            respond(response)
            return .wait
        case .receive(let sink, let limit):
            self.sink = sink
            let step = connection.receive(head, limit: limit, at: context.now)
            if case .bodyFollows = step { sink.begin(arrival(from: forwarded ?? peer)) }
            return step
        }
    }

    private func arrival(from sender: IPAddress) -> HTTPArrival {
        HTTPArrival(
            sender: sender.countedAs,
            mailbox: context.mailbox,
            connection: id,
            request: connection.requests
        )
    }

    private func take(_ bytes: Span<UInt8>) -> Bool {
        context.count { $0.bodyBytes += bytes.count }
        guard let refusal = bytes.withUnsafeBytes({ sink?.receive($0) }) else { return true }
        sink = nil
        respond(refusal)
        return false
    }

    private func finish() {
        let reply = HTTPReply(mailbox: context.mailbox, connection: id)
        sink?.finish(reply)
        sink = nil
        if let answer = reply.stopWatching() { give(answer) }
    }
}

// MARK: - Output

extension HTTPChannel {
    private func give(_ answer: HTTPReply.Answer) {
        switch answer {
        case .response(let response): respond(response)
        case .stream(let stream, let fields): begin(stream, fields)
        }
    }

    private func respond(_ response: HTTPResponse) {
        beginAnswer(response.status)
        connection.respond(response, at: context.now)
    }

    private func begin(_ stream: HTTPStream, _ fields: HTTPFields) {
        guard context.gate.enterStream() else {
            stream.markEnded()
            return respond(.tooManyStreams)
        }
        switch stream.form {
        case .events:
            beginAnswer(200)
            connection.stream(fields, at: context.now)
        case .webSocket(let handshake):
            beginAnswer(101)
            connection.upgrade(handshake, fields, at: context.now)
        }
        self.stream = stream
        countsAsStream = true
        context.count { $0.streams += 1 }
    }

    private func leaveStream() {
        stream?.markEnded()
        stream = nil
        countsAsStream = false
        context.gate.leaveStream()
        context.count { $0.streams -= 1 }
    }

    /// Counts an answer; a sink that still waits for its body gets no more of it.
    private func beginAnswer(_ status: Int) {
        dropSink()
        context.count { $0.answers[status, default: 0] += 1 }
    }

    /// Sends as much of the output as the socket takes now.
    private func send() {
        guard !connection.output.isEmpty else { return }
        let count = connection.output.withUnsafeBytes {
            Glibc.send(id.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 || errno == EAGAIN || errno == EINTR {
            perform(connection.wrote(max(count, 0), at: context.now))
        } else {
            perform(connection.close())
        }
    }
}
