/// Reads what a WebSocket's client sends (RFC 6455, 5): bytes go in, events come out.
///
/// Nothing goes up here: of messages it reads no more than their heads, to refuse them. What it holds of a control
/// frame, while that is not whole, is at most 131 bytes.
struct WebSocketParser: Sendable {
    enum Event: Sendable, Equatable {
        case ping([UInt8])
        case pong
        /// The client closes, for the reason it may have named.
        case close(WebSocketCode?)
        /// What came is against the protocol, or is not taken here; nothing behind it may be read.
        case refused(WebSocketCode)
    }

    /// More than this is too big, whatever it is.
    static let messageLimit = 4096
    static let controlLimit = 125

    /// What has come of the current frame.
    private var frame: [UInt8] = []

    /// The next event in `input` from `offset` on, which moves past what was used; nil when all of it was.
    mutating func next(_ input: Span<UInt8>, _ offset: inout Int) -> Event? {
        while offset < input.count {
            frame.append(input[offset])
            offset += 1
            guard let event = event() else { continue }
            frame.removeAll(keepingCapacity: true)
            return event
        }
        return nil
    }

    /// What the frame is, once enough of it has come to say so.
    private func event() -> Event? {
        guard let opcode = WebSocketFrame.Opcode(rawValue: frame[0] & 0x0F), frame[0] & 0x70 == 0 else {
            return .refused(.protocolError)
        }
        let isFinal = frame[0] & 0x80 != 0
        // A continuation continues nothing: the first part of a message was refused.
        guard opcode != .continuation, isFinal || !opcode.isControl else { return .refused(.protocolError) }
        guard isFinal else { return .refused(.unsupportedData) }
        guard frame.count >= 2 else { return nil }
        guard frame[1] & 0x80 != 0 else { return .refused(.protocolError) }
        let length: Int
        let start: Int
        switch frame[1] & 0x7F {
        case 126:
            guard frame.count >= 4 else { return nil }
            (length, start) = (number(2..<4), 4)
            guard length > 125 else { return .refused(.protocolError) }
        case 127:
            guard frame.count >= 10 else { return nil }
            (length, start) = (number(2..<10), 10)
            // The highest bit must not be set: as an Int, the number is then negative.
            guard length > 0xFFFF else { return .refused(.protocolError) }
        case let short: (length, start) = (Int(short), 2)
        }
        guard length <= (opcode.isControl ? Self.controlLimit : Self.messageLimit) else { return .refused(.tooBig) }
        guard opcode.isControl else { return .refused(.unsupportedData) }
        guard frame.count == start + 4 + length else { return nil }
        return control(opcode, unmasked(from: start))
    }

    private func control(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8]) -> Event {
        switch opcode {
        case .ping: .ping(payload)
        case .pong: .pong
        case .close, .continuation, .text, .binary: close(payload)
        }
    }

    private func close(_ payload: [UInt8]) -> Event {
        guard !payload.isEmpty else { return .close(nil) }
        guard payload.count >= 2 else { return .refused(.protocolError) }
        let code = WebSocketCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isSendable else { return .refused(.protocolError) }
        guard String(validating: payload[2...], as: UTF8.self) != nil else { return .refused(.invalidText) }
        return .close(code)
    }

    /// The payload behind the mask that lies at `start`.
    private func unmasked(from start: Int) -> [UInt8] {
        let mask = frame[start..<(start + 4)]
        return frame[(start + 4)...].enumerated().map { $1 ^ mask[start + $0 % 4] }
    }

    private func number(_ range: Range<Int>) -> Int { frame[range].reduce(0) { $0 << 8 | Int($1) } }
}
