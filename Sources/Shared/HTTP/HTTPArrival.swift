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
    /// The sink is abandoned. Nothing happens when the body is complete by then, or was refused: `response` is called only
    /// where its answer is sent, on the connection's loop.
    package func end(with response: @escaping @Sendable () -> HTTPResponse) {
        mailbox.post(.endBody(response, connection, request: request))
    }
}
