extension HTTPConnection {
    /// Where a connection stands.
    enum State: Sendable, Equatable {
        /// Between requests.
        case idle
        /// Some of a head has come.
        case head
        /// A whole head has come, and the service is deciding on it.
        case deciding
        /// The service takes the body, which is on its way; the deadline moves on once `mark` bytes have come.
        case body(received: Int, mark: Int)
        /// The service has the whole request; nothing is read meanwhile.
        case inHand
        /// The answer is on its way.
        case answering
        /// The last answer is on its way.
        case closing
        /// The answer is a stream, which goes on until one side ends it.
        case streaming
        /// The answer was an upgrade: both sides send frames until one of them closes.
        case webSocket(awaitsPong: Bool)
        /// The last answer is out; up to `left` more bytes of what the peer still sends are read and dropped.
        case lingering(left: Int)
        case closed
    }

    /// What was found in the input.
    enum Step: Sendable {
        /// Nothing more, or nothing that may be used before the request in hand is answered.
        case wait
        /// A head: ask the service, then call `receive` or `respond`.
        case decide(HTTPRequestHead)
        /// The body of the request that the service has just taken will follow.
        case bodyFollows
        /// These bytes of the input belong to the body.
        case body(Range<Int>)
        /// The request is whole; `respond`, `stream` or `upgrade` answers it.
        case complete
        /// The request breaks the protocol, and is answered so.
        case refused(HTTPRefusal)
    }

    /// What is to be done with the socket.
    enum Action: Sendable, Equatable {
        case wait
        /// Read once, and pass what came to `next`, or its end to `inputEnded`.
        case read(atMost: Int)
        /// Throw away what has come, and say with `discarded` how much it was.
        case discard(atMost: Int)
        /// Stop watching for input until `isReading`: it would be reported again and again.
        case pauseReading
        /// Everything is sent: end this side of the connection, so that the peer reads an end and not a reset.
        case endOutput
        /// A deadline has passed; the connection is closed, or answers that.
        case timedOut(HTTPServerEvent.Timeout)
        case close
        /// Close a stream whose client reads too slowly, or a WebSocket whose client does not answer.
        case cutStream
    }
}
