import Synchronization

/// An answer that goes on until one side ends it: Server-Sent Events, or the messages of a WebSocket.
///
/// It may be fed from any thread. Every `HTTPLimits.streamComment` the server puts a comment, or a ping, between what is
/// sent, and it cuts the stream when more than 64 kB wait for the client. A stream that is dropped ends.
package final class HTTPStream: Sendable {
    enum Form: Sendable {
        case events
        case webSocket(WebSocketHandshake)
    }

    static let unsentLimit = 64 * 1024
    /// Proxies see that the stream lives, and a client that has gone is noticed.
    static let comment = Array(":\n\n".utf8)

    private struct State {
        /// What the loop has not taken yet.
        var waiting: [UInt8] = []
        var hasEnded = false
        var isCut = false
    }

    private let state = Mutex(State())
    private let mailbox: LoopMailbox
    private let connection: ConnectionID
    let form: Form

    init(_ form: Form, mailbox: LoopMailbox, connection: ConnectionID) {
        self.form = form
        self.mailbox = mailbox
        self.connection = connection
    }

    deinit { end() }

    /// Sends events, which must be whole, or one message of a WebSocket, which must be UTF-8.
    ///
    /// - Returns: false once the stream is known to have ended: the client has gone or was too slow, the request was a
    ///   HEAD, there were too many streams, or the server stops.
    @discardableResult
    package func send(_ content: [UInt8]) -> Bool {
        let bytes = framed(content)
        let (isOpen, mustPost) = state.withLock { state in
            guard !state.hasEnded, !bytes.isEmpty else { return (!state.hasEnded, false) }
            if state.waiting.isEmpty {
                state.waiting = bytes
                return (true, true)
            }
            // Only a loop that hangs lets so much wait; the message that makes it look here is on its way.
            if state.waiting.count > Self.unsentLimit {
                state = State(hasEnded: true, isCut: true)
                return (false, false)
            }
            state.waiting.append(contentsOf: bytes)
            return (true, false)
        }
        if mustPost { mailbox.post(.feed(self, connection)) }
        return isOpen
    }

    private func framed(_ content: [UInt8]) -> [UInt8] {
        switch form {
        case .events: return content
        case .webSocket:
            var frame: [UInt8] = []
            WebSocketFrame.write(.text, content, to: &frame)
            return frame
        }
    }

    /// False once the stream is known to have ended.
    package var isOpen: Bool { state.withLock { !$0.hasEnded } }

    /// Ends the stream, after what was sent.
    package func end() {
        if markEnded() { mailbox.post(.endStream(connection)) }
    }

    /// What was sent since the last call; nil when the stream is to be cut.
    func take() -> [UInt8]? {
        state.withLock { state in
            guard !state.isCut else { return nil }
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Whether this call has ended it.
    @discardableResult
    func markEnded() -> Bool {
        state.withLock { state in
            defer { state.hasEnded = true }
            return !state.hasEnded
        }
    }
}
