import Glibc

extension HTTPConnection {
    /// Sends `response`; afterwards the connection is idle again, or closes.
    func answer(_ response: HTTPResponse) {
        // After a 400 nobody knows what the bytes behind it were meant to be: they are not parsed.
        if response.closing || response.status == 400 || context.isDraining { closesAfterAnswer = true }
        answers += 1
        phase = closesAfterAnswer ? .closing : .answering
        context.count { $0.answers[response.status, default: 0] += 1 }
        // Taken out of the context while it is written, so that its storage is not copied.
        var bytes = context.output
        context.output = []
        response.write(to: &bytes, withBody: !answersHEAD, closing: closesAfterAnswer)
        answersHEAD = false
        send(bytes)
        // A metrics page must not leave its size behind in every loop.
        if bytes.capacity <= 256 * 1024 {
            bytes.removeAll(keepingCapacity: true)
            context.output = bytes
        }
    }

    /// Sends `bytes` after what is still waiting, as far as the socket takes them now.
    func send(_ bytes: [UInt8]) {
        guard output.isEmpty else { return output.append(contentsOf: bytes) }
        let sent = bytes.withUnsafeBytes { write($0) }
        guard let sent else { return close() }
        guard sent < bytes.count else { return afterFlush() }
        output = Array(bytes[sent...])
        outputStart = 0
        awaitProgress()
    }

    /// Sends on what is waiting.
    func flush() {
        guard !output.isEmpty else { return }
        let sent = output.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[outputStart...])) }
        guard let sent else { return close() }
        outputStart += sent
        if outputStart == output.count {
            output = []
            outputStart = 0
            afterFlush()
        } else if sent > 0 {
            awaitProgress()
        }
    }

    private func awaitProgress() {
        if !phase.isReading { deadline = context.now + context.limits.writeDeadline }
    }

    private func afterFlush() {
        switch phase {
        case .answering:
            phase = .idle
            deadline = context.now + context.limits.idleDeadline
        case .closing:
            linger()
        default: break
        }
    }

    /// Ends our side and lets the peer read: closing now, with input unread, would reset the connection.
    private func linger() {
        phase = .lingering
        ahead = []
        lingerLeft = context.limits.lingerBytes
        deadline = context.now + context.limits.lingerDeadline
        if shutdown(id.descriptor, Int32(SHUT_WR)) != 0 { close() }
    }

    /// How many bytes the socket took; nil when the peer has gone.
    private func write(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let count = Glibc.send(id.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }
}
