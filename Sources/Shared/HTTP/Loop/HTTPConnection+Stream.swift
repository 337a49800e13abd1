/// Answers that go on until one side ends them: streams of events, and WebSockets.
extension HTTPConnection {
    /// Answers the request in hand with a stream; `feed` adds to it and `endStream` ends it.
    mutating func stream(_ fields: HTTPFields, at now: Duration) {
        guard state == .inHand else { return }
        isLast = true
        ahead = []
        output.append { HTTPResponse.writeStreamHead(fields, to: &$0) }
        let isOver = isHEAD || isDraining
        state = isOver ? .closing : .streaming
        deadline = now + (isOver ? limits.writeDeadline : limits.streamComment)
    }

    /// Answers the request in hand by becoming a WebSocket, whose first frames may have come already.
    ///
    /// `feed` adds frames to it and `endStream` ends it.
    mutating func upgrade(_ handshake: WebSocketHandshake, _ fields: HTTPFields, at now: Duration) {
        guard state == .inHand else { return }
        output.append { HTTPResponse.writeUpgradeHead(handshake, fields, to: &$0) }
        state = .webSocket(awaitsPong: false)
        deadline = now + limits.streamComment
        if isDraining { close(with: .goingAway, at: now) }
    }

    mutating func feed(_ content: [UInt8]) {
        if isStreaming { output.append(content) }
    }

    /// Ends a stream after what it has sent; a WebSocket is told why.
    mutating func endStream(_ code: WebSocketCode, at now: Duration) -> Action {
        guard isStreaming else { return .wait }
        if isWebSocket {
            close(with: code, at: now)
        } else {
            state = .closing
            deadline = now + limits.writeDeadline
        }
        return wrote(0, at: now)
    }

    /// The client takes less than comes for it, or has gone without a word.
    mutating func cutStream() -> Action {
        guard isStreaming else { return .wait }
        close()
        return .cutStream
    }
}

// MARK: - WebSocket

extension HTTPConnection {
    /// Reads frames, and answers those that want an answer.
    mutating func readFrames(_ input: Span<UInt8>, _ offset: inout Int, at now: Duration) {
        while case .webSocket(let awaitsPong) = state, let event = frames.next(input, &offset) {
            switch event {
            case .ping(let payload):
                output.append { WebSocketFrame.write(.pong, payload, to: &$0) }
            case .pong where awaitsPong:
                state = .webSocket(awaitsPong: false)
                deadline = now + limits.streamComment
            case .pong: break
            case .close(let code): close(with: code, at: now)
            case .refused(let code): close(with: code, at: now)
            }
        }
    }

    mutating func ping(at now: Duration) -> Action {
        output.append { WebSocketFrame.write(.ping, [], to: &$0) }
        state = .webSocket(awaitsPong: true)
        deadline = now + limits.pongDeadline
        return .wait
    }

    /// Sends the last frame; what the client still sends, its own last frame among it, is read and dropped.
    private mutating func close(with code: WebSocketCode?, at now: Duration) {
        output.append { WebSocketFrame.writeClose(code, to: &$0) }
        isLast = true
        ahead = []
        state = .closing
        deadline = now + limits.writeDeadline
    }
}
