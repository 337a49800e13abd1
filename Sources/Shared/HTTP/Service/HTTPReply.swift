import Synchronization

/// The right to answer one request, from any thread.
///
/// The first answer counts and others are ignored; a reply that is dropped without one answers 500, so that a fault in
/// a service cannot leave a client waiting. Answering after the client left does no harm.
package final class HTTPReply: Sendable {
    enum Answer: Sendable {
        case response(HTTPResponse)
        case stream(HTTPStream, HTTPFields)
    }

    private enum State {
        /// The loop has just called `finish` and looks here when that returns.
        case watched
        case answeredWhileWatched(Answer)
        /// The loop went on to other work: an answer goes through its mailbox.
        case posted
        case answered
    }

    private let state = Mutex(State.watched)
    private let mailbox: LoopMailbox
    private let connection: ConnectionID

    init(mailbox: LoopMailbox, connection: ConnectionID) {
        self.mailbox = mailbox
        self.connection = connection
    }

    private static let unanswered = HTTPResponse.error(
        500,
        code: "internal_error",
        detail: "The request could not be processed."
    )

    deinit { send(Self.unanswered) }

    package func send(_ response: HTTPResponse) { answer(.response(response)) }

    /// Answers 200 with a stream of events; the server adds their content type to `fields`.
    ///
    /// The stream has ended from the start where the request was answered already.
    package func stream(_ fields: HTTPFields = [:]) -> HTTPStream {
        begin(.events, fields)
    }

    /// Answers 101, after which each `send` of the stream is a text message to the client.
    ///
    /// What the client sends is not read but for what the protocol needs: messages close the connection. The stream has
    /// ended from the start where the request was answered already.
    package func webSocket(_ handshake: WebSocketHandshake, _ fields: HTTPFields = [:]) -> HTTPStream {
        begin(.webSocket(handshake), fields)
    }

    private func begin(_ form: HTTPStream.Form, _ fields: HTTPFields) -> HTTPStream {
        let stream = HTTPStream(form, mailbox: mailbox, connection: connection)
        if !answer(.stream(stream, fields)) { stream.markEnded() }
        return stream
    }

    /// Whether the answer was the first.
    @discardableResult
    private func answer(_ answer: Answer) -> Bool {
        let (isFirst, mustPost) = state.withLock { state in
            switch state {
            case .watched:
                state = .answeredWhileWatched(answer)
                return (true, false)
            case .posted:
                state = .answered
                return (true, true)
            case .answeredWhileWatched, .answered:
                return (false, false)
            }
        }
        if mustPost { mailbox.post(.answer(answer, connection)) }
        return isFirst
    }

    /// The answer given during `finish`, if it was; from now on answers are posted.
    func stopWatching() -> Answer? {
        state.withLock { state in
            if case .answeredWhileWatched(let answer) = state {
                state = .answered
                return answer
            }
            state = .posted
            return nil
        }
    }
}
