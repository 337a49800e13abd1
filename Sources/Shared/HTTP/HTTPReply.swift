import Synchronization

/// The right to answer one request, from any thread.
///
/// The first answer counts and others are ignored; a reply that is dropped without one answers 500, so that a fault in
/// a service cannot leave a client waiting. Answering after the client left does no harm.
package final class HTTPReply: Sendable {
    private enum State {
        /// The loop has just called `finish` and looks here when that returns.
        case watched
        case answeredWhileWatched(HTTPResponse)
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

    package func send(_ response: HTTPResponse) {
        let mustPost = state.withLock { state in
            switch state {
            case .watched:
                state = .answeredWhileWatched(response)
                return false
            case .posted:
                state = .answered
                return true
            case .answeredWhileWatched, .answered:
                return false
            }
        }
        if mustPost { mailbox.post(.answer(response, connection)) }
    }

    /// The answer given during `finish`, if it was; from now on answers are posted.
    func stopWatching() -> HTTPResponse? {
        state.withLock { state in
            if case .answeredWhileWatched(let response) = state {
                state = .answered
                return response
            }
            state = .posted
            return nil
        }
    }
}
