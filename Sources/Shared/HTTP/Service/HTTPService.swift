/// What a server does with requests.
package struct HTTPService: Sendable {
    /// Decides on a request by its head, before any of its body is read; called on a loop thread, so it must not block.
    package var admit: @Sendable (HTTPRequestHead) -> HTTPAdmission

    package init(admit: @escaping @Sendable (HTTPRequestHead) -> HTTPAdmission) {
        self.admit = admit
    }
}

/// What becomes of a request once its head is known.
package enum HTTPAdmission {
    /// Answered now. A body that was announced is not read: the connection closes after the answer.
    case respond(HTTPResponse)
    /// The body goes to the sink, at most `limit` bytes of it: more, declared or streamed, is answered 413.
    case receive(into: any HTTPBodySink, limit: Int)
}

/// Takes the body of one request as it arrives; used only on the thread of the connection's loop.
///
/// It ends in one of three ways: `receive` returns a response, `finish` is called, or `abandon` is called. After that
/// the server forgets it.
package protocol HTTPBodySink: AnyObject {
    /// A body is about to arrive; not called for a request without one.
    func begin(_ arrival: HTTPArrival)

    /// Takes the next bytes, which are valid during the call only; a response refuses the rest and closes.
    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse?

    /// The whole body has arrived: `reply` must be answered once, from any thread, now or later.
    func finish(_ reply: HTTPReply)

    /// The client vanished or was cut off: let go of what is held.
    func abandon()
}

extension HTTPBodySink {
    package func begin(_ arrival: HTTPArrival) {}
}

/// The body of one request while it is on its way: who sends it, and a way to end it.
package struct HTTPArrival: Sendable {
    /// Whom limits per address count: the IPv4 address, or the IPv6 /64, of the peer or of who stands behind a proxy.
    package let sender: IPAddress

    private let mailbox: LoopMailbox
    private let connection: ConnectionID
    /// Which request of the connection it belongs to, from 1.
    private let request: Int

    init(sender: IPAddress, mailbox: LoopMailbox, connection: ConnectionID, request: Int) {
        self.sender = sender
        self.mailbox = mailbox
        self.connection = connection
        self.request = request
    }

    /// Answers instead of waiting for the rest, and closes the connection; from any thread.
    ///
    /// The sink is abandoned. Nothing happens when the body is complete by then, or was refused: `response` is called
    /// only where its answer is sent, on the connection's loop.
    package func end(with response: @escaping @Sendable () -> HTTPResponse) {
        mailbox.post(.endBody(response, connection, request: request))
    }
}
