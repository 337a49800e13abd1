/// One HTTP/1.1 connection as a state machine: events go in, what has to be done comes out.
///
/// A value without socket, clock or thread. `HTTPChannel` owns the socket, tells the connection what happens to it, and
/// does what the connection returns. After each event it sends what is in `output`, and says with `wrote` how much of
/// it the socket took. Times are durations since a moment that is the same for all events.
struct HTTPConnection: Sendable {
    /// Without a body on its way this much is read at once, which bounds what has to be kept of requests sent ahead.
    static let headRead = 16 * 1024

    // All of this is for the connection itself to change, here and in its other files.
    var state = State.idle
    /// When the state must be over, or a stream needs its next comment; nil while the service has the request.
    var deadline: Duration?
    /// How many requests have come.
    private(set) var requests = 0
    var output = OutputBuffer()

    private var parser: HTTPParser
    /// Reads what comes once the connection is a WebSocket.
    var frames = WebSocketParser()
    /// Input behind a request that is not answered yet, at most one read's worth; nothing is read while there is some.
    var ahead: [UInt8] = []
    /// Whether the connection ends with the answer to the current request.
    var isLast = false
    /// Whether the current request is a HEAD, which is answered without a body.
    private(set) var isHEAD = false
    private(set) var isDraining = false

    init(limits: HTTPLimits, peer: String, at now: Duration) {
        parser = HTTPParser(limits: limits, peer: peer)
        deadline = now + limits.idleDeadline
    }

    var limits: HTTPLimits { parser.limits }

    var isClosed: Bool { state == .closed }
    var isStreaming: Bool { state == .streaming || isWebSocket }
    var isWebSocket: Bool { if case .webSocket = state { true } else { false } }
    /// Whether `takeAhead` has input that may be used now.
    var wantsTurn: Bool { (state == .idle || isWebSocket) && !ahead.isEmpty }

    /// Whether input is wanted; where it is not, the socket may be watched for it until some comes.
    var isReading: Bool {
        switch state {
        case .idle, .webSocket: ahead.isEmpty
        case .head, .body, .lingering: true
        case .deciding, .inHand, .answering, .closing, .streaming, .closed: false
        }
    }

    /// Whether the `request`th request of this connection is one whose body is on its way.
    func isReceiving(request: Int) -> Bool {
        if case .body = state { request == requests } else { false }
    }
}

// MARK: - Input

extension HTTPConnection {
    /// Input, the end of it, or with `hungUp` the end of both directions can be read from the socket.
    ///
    /// A peer that has sent all it will looks the same as one that has gone until a write fails, so the end of input
    /// never takes away an answer.
    mutating func readable(hungUp: Bool) -> Action {
        switch state {
        case .idle where !ahead.isEmpty, .webSocket where !ahead.isEmpty: .pauseReading
        case .idle, .head, .body, .webSocket: .read(atMost: readSize)
        case .lingering(let left): .discard(atMost: left)
        case .deciding, .inHand, .answering, .closing, .streaming: hungUp ? close() : .pauseReading
        case .closed: .wait
        }
    }

    /// A longer read than the body needs would take up requests sent ahead, which then have to be kept.
    private var readSize: Int { max(parser.bodyBytesExpected, Self.headRead) }

    /// What comes next in `input` from `offset` on, which moves past what was used.
    ///
    /// It is asked again after `decide` where the service takes the request, after `bodyFollows` and after `body` where
    /// the sink goes on; not after an answer, so that other connections get their turn. The rest is passed to `keep`.
    mutating func next(_ input: Span<UInt8>, _ offset: inout Int, at now: Duration) -> Step {
        switch state {
        case .idle, .head, .body: break
        case .webSocket:
            readFrames(input, &offset, at: now)
            return .wait
        case .deciding, .inHand, .answering, .closing, .streaming, .lingering, .closed: return .wait
        }
        switch parser.next(input, &offset) {
        case .more:
            awaitMore(at: now)
            return .wait
        case .head(let head):
            requests += 1
            isHEAD = head.method == "HEAD"
            isLast = head.framing.wantsClose || requests >= limits.requestsPerConnection
            state = .deciding
            return .decide(head)
        case .body(let range):
            if case .body(let received, let mark) = state {
                state = .body(received: received + range.count, mark: mark)
            }
            return .body(range)
        case .end:
            return complete()
        case .refused(let refusal):
            return refuse(refusal, at: now)
        }
    }

    /// The service takes the request with this head, and up to `limit` bytes of body.
    mutating func receive(_ head: HTTPRequestHead, limit: Int, at now: Duration) -> Step {
        guard state == .deciding else { return .wait }
        guard head.hasBody else { return complete() }
        do throws(HTTPRefusal) {
            try parser.admitBody(limit: limit)
        } catch {
            return refuse(error, at: now)
        }
        state = .body(received: 0, mark: 0)
        if head.framing.expectsContinue { output.append(HTTPResponse.proceed) }
        return .bodyFollows
    }

    /// Keeps input that nothing may be done with before the current request is answered.
    mutating func keep(_ rest: Span<UInt8>) {
        guard !rest.isEmpty, !isLast else { return }
        rest.withUnsafeBufferPointer { ahead = Array($0) }
    }

    /// What was kept, once it may be used.
    mutating func takeAhead() -> [UInt8]? {
        guard wantsTurn else { return nil }
        defer { ahead = [] }
        return ahead
    }

    /// The peer sends no more, or the connection is broken: an unfinished request will never be whole.
    mutating func inputEnded() -> Action { isReading ? close() : .wait }

    /// So many bytes were thrown away.
    mutating func discarded(_ count: Int) -> Action {
        guard case .lingering(let left) = state else { return .wait }
        guard count < left else { return close() }
        state = .lingering(left: left - count)
        return .wait
    }

    private mutating func awaitMore(at now: Duration) {
        switch state {
        case .idle where !parser.isBetweenRequests:
            state = .head
            deadline = now + limits.headDeadline
        case .body(let received, let mark) where received >= mark:
            state = .body(received: received, mark: received + limits.bodyBytesPerWindow)
            deadline = now + limits.bodyWindow
        default: break
        }
    }

    private mutating func complete() -> Step {
        state = .inHand
        deadline = nil
        return .complete
    }

    private mutating func refuse(_ refusal: HTTPRefusal, at now: Duration) -> Step {
        answer(HTTPResponse(refusal), at: now)
        return .refused(refusal)
    }
}

// MARK: - Output

extension HTTPConnection {
    /// Answers the request that is decided on, received or in hand.
    mutating func respond(_ response: HTTPResponse, at now: Duration) {
        switch state {
        case .deciding, .body, .inHand: answer(response, at: now)
        case .idle, .head, .answering, .closing, .streaming, .webSocket, .lingering, .closed: break
        }
    }

    /// The socket took `count` more bytes of the output, perhaps none.
    mutating func wrote(_ count: Int, at now: Duration) -> Action {
        output.removeFirst(count)
        switch state {
        case .answering where output.isEmpty:
            state = .idle
            deadline = now + limits.idleDeadline
        case .closing where output.isEmpty:
            // Closing at once, with input unread, would reset the connection and take the answer from the peer.
            state = .lingering(left: limits.lingerBytes)
            deadline = now + limits.lingerDeadline
            return .endOutput
        case .answering where count > 0, .closing where count > 0:
            deadline = now + limits.writeDeadline
        case .streaming where output.count > HTTPStream.unsentLimit,
            .webSocket where output.count > HTTPStream.unsentLimit:
            return cutStream()
        default: break
        }
        return .wait
    }

    private mutating func answer(_ response: HTTPResponse, at now: Duration) {
        // Where the answer comes before the request is whole, or the request was bad, nobody knows what the bytes
        // behind it were meant to be: they are not parsed.
        if !parser.isBetweenRequests || response.status == 400 || response.closing || isDraining { isLast = true }
        output.append { response.write(to: &$0, withBody: !isHEAD, closing: isLast) }
        state = isLast ? .closing : .answering
        deadline = now + limits.writeDeadline
        isHEAD = false
    }
}

// MARK: - Time and end

extension HTTPConnection {
    /// Nothing happens before the deadline.
    mutating func timePassed(at now: Duration) -> Action {
        guard let deadline, now >= deadline else { return .wait }
        switch state {
        case .idle: return close(after: .idle)
        case .head: return answer(after: .head, at: now)
        case .body: return answer(after: .body, at: now)
        case .answering, .closing: return close(after: .write)
        case .streaming:
            output.append(HTTPStream.comment)
            self.deadline = now + limits.streamComment
            return .wait
        case .webSocket(let awaitsPong): return awaitsPong ? cutStream() : ping(at: now)
        case .lingering: return close()
        case .deciding, .inHand, .closed: return .wait
        }
    }

    /// The server stops: a stream ends, and every answer from now on is the last.
    ///
    /// A connection between requests reads what has come already, and is then asked `closeIfIdle`.
    mutating func drain(at now: Duration) -> Action {
        isDraining = true
        return switch state {
        case .idle where ahead.isEmpty: .read(atMost: readSize)
        case .streaming, .webSocket: endStream(.goingAway, at: now)
        default: .wait
        }
    }

    /// Closes a connection on which nothing is asked; a client that has just connected is about to send.
    mutating func closeIfIdle(at now: Duration) -> Action {
        guard state == .idle, ahead.isEmpty else { return .wait }
        if requests > 0 { return close() }
        deadline = now + min(limits.idleDeadline, .seconds(1))
        return .wait
    }

    /// The connection is at its end, whatever is left to send.
    @discardableResult
    mutating func close() -> Action {
        guard !isClosed else { return .wait }
        state = .closed
        deadline = nil
        output = OutputBuffer()
        return .close
    }

    private mutating func close(after timeout: HTTPServerEvent.Timeout) -> Action {
        close()
        return .timedOut(timeout)
    }

    private mutating func answer(after timeout: HTTPServerEvent.Timeout, at now: Duration) -> Action {
        answer(.requestTimeout, at: now)
        return .timedOut(timeout)
    }
}
