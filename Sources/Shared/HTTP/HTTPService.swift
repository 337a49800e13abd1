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
