/// Something worth a line in the log or a count; of what a sender controls it carries the address only.
package enum HTTPServerEvent: Sendable, Equatable {
    package enum ConnectionLimit: String, Sendable, CaseIterable { case total, perAddress = "per_address" }
    package enum Timeout: String, Sendable, CaseIterable { case idle, head, body, write }

    case refusedConnection(ConnectionLimit, address: String)
    /// The process or the system has no descriptor or memory left for a connection; `code` is the errno.
    case cannotAccept(code: Int32)
    /// The listening socket accepts no more, which ends the server; `code` is the errno.
    case listenerLost(code: Int32)
    case refusedRequest(HTTPRefusal, address: String)
    case timedOut(Timeout, address: String)
    /// The drain deadline cut off this many connections.
    case cutOff(connections: Int)
}
