import Glibc

extension HTTPConnection {
    func becomeReadable(hungUp: Bool) {
        switch phase {
        case .idle where !ahead.isEmpty: pauseReading()
        case .idle, .head, .body: receive()
        case .lingering: discard()
        case .inHand, .answering, .closing: if hungUp { close() } else { pauseReading() }
        case .closed: break
        }
    }

    /// Reads once and processes what came.
    func receive() {
        // A longer read than the body needs would take up requests sent ahead, which then have to be kept.
        let size = min(max(parser.bodyBytesExpected, LoopContext.headRead), context.input.count)
        let count = context.input.withUnsafeMutableBytes { recv(id.descriptor, $0.baseAddress, size, 0) }
        if count > 0 {
            let input = context.input
            process(input.span.extracting(0..<count))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            // The end before a request is complete: nobody is left to hear what was wrong.
            close()
        }
    }

    /// Parses `input` until it is used up, a request has to be waited for, or one was answered.
    ///
    /// One answer is a turn: what was sent ahead of it waits until other connections have had theirs.
    func process(_ input: Span<UInt8>) {
        var offset = 0
        let answered = answers
        while phase.isReading, answers == answered {
            switch parser.next(input, &offset) {
            case .more: return awaitMore()
            case .head(let head): begin(head)
            case .body(let range): take(input.extracting(range))
            case .end: finish()
            case .refused(let refusal): refuse(refusal)
            }
        }
        if offset < input.count, !closesAfterAnswer {
            input.extracting(offset..<input.count).withUnsafeBufferPointer { ahead = Array($0) }
        }
    }

    private func awaitMore() {
        switch phase {
        case .idle where !parser.isBetweenRequests:
            phase = .head
            deadline = context.now + context.limits.headDeadline
        case .body where bodyReceived >= bodyMark:
            bodyMark = bodyReceived + context.limits.bodyBytesPerWindow
            deadline = context.now + context.limits.bodyWindow
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        requests += 1
        answersHEAD = head.method == "HEAD"
        closesAfterAnswer = head.framing.wantsClose || requests >= context.limits.requestsPerConnection
        var head = head
        let forwarded = context.forwarding.sender(behind: peer, fields: head.fields)
        if let forwarded { head.client = forwarded.description }
        switch context.service.admit(head) {
        case .respond(let response):
            if head.hasBody { closesAfterAnswer = true }
            answer(response)
        case .receive(let sink, let limit):
            self.sink = sink
            guard head.hasBody else { return finish() }
            do throws(HTTPRefusal) {
                try parser.admitBody(limit: limit)
            } catch {
                return refuse(error)
            }
            phase = .body
            bodyReceived = 0
            bodyMark = 0
            sink.begin(
                HTTPArrival(
                    sender: (forwarded ?? peer).countedAs,
                    mailbox: context.mailbox,
                    connection: id,
                    request: requests
                )
            )
            if head.framing.expectsContinue { send(HTTPResponse.proceed) }
        }
    }

    private func take(_ bytes: Span<UInt8>) {
        bodyReceived += bytes.count
        context.count { $0.bodyBytes += bytes.count }
        let refusal = bytes.withUnsafeBytes { sink?.receive($0) }
        guard let refusal else { return }
        sink = nil
        closesAfterAnswer = true
        answer(refusal)
    }

    private func finish() {
        phase = .inHand
        deadline = nil
        let reply = HTTPReply(mailbox: context.mailbox, connection: id)
        sink?.finish(reply)
        sink = nil
        if let response = reply.stopWatching() { answer(response) }
    }

    private func refuse(_ refusal: HTTPRefusal) {
        context.note(.refusedRequest(refusal, address: peer.description))
        dropSink()
        closesAfterAnswer = true
        answer(HTTPResponse(refusal))
    }

    /// Drops what a peer sends that has its last answer.
    private func discard() {
        // MSG_TRUNC: the system throws the bytes away without copying them.
        let count = recv(id.descriptor, nil, min(lingerLeft, 1 << 20), Int32(MSG_TRUNC))
        if count > 0 { lingerLeft -= count }
        let isOver = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
        if isOver || lingerLeft <= 0 { close() }
    }
}
