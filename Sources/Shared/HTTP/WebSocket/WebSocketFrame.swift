/// Frames as a server writes them: whole messages, without a mask (RFC 6455, 5.2).
enum WebSocketFrame {
    enum Opcode: UInt8 {
        case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10

        /// Whether it belongs to the protocol, and not to a message.
        var isControl: Bool { rawValue >= 8 }
    }

    /// Appends a frame with `payload` to `output`.
    static func write(_ opcode: Opcode, _ payload: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(0x80 | opcode.rawValue)
        switch payload.count {
        case ...125: output.append(UInt8(payload.count))
        case ...0xFFFF:
            output.append(126)
            append(payload.count, bytes: 2, to: &output)
        default:
            output.append(127)
            append(payload.count, bytes: 8, to: &output)
        }
        output.append(contentsOf: payload)
    }

    /// Appends a close frame; without a code where the peer named none.
    static func writeClose(_ code: WebSocketCode?, to output: inout [UInt8]) {
        write(
            .close,
            code.map { [UInt8(truncatingIfNeeded: $0.rawValue >> 8), UInt8(truncatingIfNeeded: $0.rawValue)] } ?? [],
            to: &output
        )
    }

    private static func append(_ number: Int, bytes: Int, to output: inout [UInt8]) {
        for place in (0..<bytes).reversed() { output.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}

/// Why a WebSocket closes (RFC 6455, 7.4).
struct WebSocketCode: RawRepresentable, Sendable, Hashable {
    let rawValue: UInt16

    static let normal = WebSocketCode(rawValue: 1000)
    static let goingAway = WebSocketCode(rawValue: 1001)
    static let protocolError = WebSocketCode(rawValue: 1002)
    static let unsupportedData = WebSocketCode(rawValue: 1003)
    static let invalidText = WebSocketCode(rawValue: 1007)
    static let tooBig = WebSocketCode(rawValue: 1009)

    /// Whether a close frame may carry it; 1004 to 1006 and 1015 mean that there was no such frame.
    var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
