@testable import HTTP

/// Frames as a client writes them: masked, and wrong where a test says so.
enum ClientFrame {
    static let text: UInt8 = 0x1
    static let binary: UInt8 = 0x2
    static let close: UInt8 = 0x8
    static let ping: UInt8 = 0x9
    static let pong: UInt8 = 0xA

    /// A frame without a mask where that is nil, and with another `first` byte than that of a whole message of the
    /// `opcode` where that is not.
    static func bytes(
        _ opcode: UInt8,
        _ payload: some Collection<UInt8> = [],
        mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D],
        first: UInt8? = nil
    ) -> [UInt8] {
        var frame: [UInt8] = []
        WebSocketFrame.write(.text, payload, to: &frame)
        frame[0] = first ?? 0x80 | opcode
        guard let mask else { return frame }
        frame[1] |= 0x80
        frame.removeLast(payload.count)
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// A close frame with a code, and a reason in bytes that need not be text.
    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        bytes(close, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
}

extension String {
    /// A handshake with the key of RFC 6455, 1.3.
    static func handshake(_ path: String = "/socket", _ lines: String...) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }
}

extension HTTPRequestHead {
    /// The head that `text` is; nil when it is refused or not whole.
    static func parsed(_ text: String) -> HTTPRequestHead? {
        var parser = HTTPParser(limits: HTTPLimits(), peer: "192.0.2.1")
        var offset = 0
        let bytes = Array(text.utf8)
        guard case .head(let head) = parser.next(bytes.span, &offset) else { return nil }
        return head
    }
}

extension WebSocketHandshake {
    /// What `text` asks for, whatever its origin; nil when that is not a WebSocket.
    static func parsed(_ text: String = .handshake()) -> WebSocketHandshake? {
        HTTPRequestHead.parsed(text).flatMap { try? WebSocketHandshake($0) { _ in true } }
    }
}
