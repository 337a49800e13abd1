import TestSupport
import Testing

@testable import HTTP

/// What a server makes of each kind of frame, by the rules of RFC 6455.
@Suite struct WebSocketParserTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let events: [WebSocketParser.Event]

        init(_ what: String, _ bytes: [UInt8], _ events: WebSocketParser.Event...) {
            self.what = what
            self.bytes = bytes
            self.events = events
        }

        var testDescription: String { what }
    }

    /// All events of `bytes`, which come in pieces that end at `cuts`, up to a refusal or a close.
    static func events(of bytes: [UInt8], cuts: [Int] = []) -> [WebSocketParser.Event] {
        var parser = WebSocketParser()
        var events: [WebSocketParser.Event] = []
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[start..<end])
            start = end
            var offset = 0
            while let event = parser.next(piece.span, &offset) {
                events.append(event)
                switch event {
                case .refused, .close: return events
                case .ping, .pong: break
                }
            }
            if offset != piece.count { Issue.record("input was left without an event") }
        }
        return events
    }

    private static let hello = Array("Hello".utf8)
    private static let longest = [UInt8](repeating: 0xA5, count: 125)
    private static let zeroMask: [UInt8] = [0, 0, 0, 0]

    static let vectors: [Vector] = [
        // 5.5.2 and 5.5.3
        Vector(
            "a ping of the RFC's example",
            [0x89, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            .ping(hello)
        ),
        Vector(
            "a pong of the RFC's example",
            [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            .pong
        ),
        Vector("an empty ping", ClientFrame.bytes(ClientFrame.ping), .ping([])),
        Vector("the longest ping", ClientFrame.bytes(ClientFrame.ping, longest), .ping(longest)),
        Vector("a mask of zeros", ClientFrame.bytes(ClientFrame.ping, hello, mask: zeroMask), .ping(hello)),
        Vector(
            "pings and pongs behind each other",
            ClientFrame.bytes(ClientFrame.ping, hello) + ClientFrame.bytes(ClientFrame.pong)
                + ClientFrame.bytes(ClientFrame.ping),
            .ping(hello),
            .pong,
            .ping([])
        ),
        Vector(
            "nothing behind a close is read",
            ClientFrame.close(1000) + ClientFrame.bytes(ClientFrame.ping),
            .close(.normal)
        ),
        Vector("half a frame", Array(ClientFrame.bytes(ClientFrame.ping, hello).dropLast())),
        Vector("nothing", []),

        // 5.2: reserved bits and opcodes
        Vector(
            "the first reserved bit, for compression",
            ClientFrame.bytes(0, hello, first: 0xC1),
            .refused(.protocolError)
        ),
        Vector("the second reserved bit", ClientFrame.bytes(0, first: 0xA9), .refused(.protocolError)),
        Vector("the third reserved bit", ClientFrame.bytes(0, first: 0x99), .refused(.protocolError)),
        Vector("a reserved opcode", ClientFrame.bytes(0x3), .refused(.protocolError)),
        Vector("the last reserved opcode", ClientFrame.bytes(0x7), .refused(.protocolError)),
        Vector("a reserved control opcode", ClientFrame.bytes(0xB), .refused(.protocolError)),
        Vector("the last reserved control opcode", ClientFrame.bytes(0xF), .refused(.protocolError)),

        // 5.1: a client masks every frame
        Vector(
            "a ping without a mask",
            ClientFrame.bytes(ClientFrame.ping, hello, mask: nil),
            .refused(.protocolError)
        ),
        Vector(
            "a text without a mask",
            ClientFrame.bytes(ClientFrame.text, hello, mask: nil),
            .refused(.protocolError)
        ),
        Vector("a close without a mask", ClientFrame.bytes(ClientFrame.close, mask: nil), .refused(.protocolError)),

        // 5.4 and 5.5: fragments
        Vector("a ping in parts", ClientFrame.bytes(0, first: 0x09), .refused(.protocolError)),
        Vector("a close in parts", ClientFrame.bytes(0, first: 0x08), .refused(.protocolError)),
        Vector("a text in parts", ClientFrame.bytes(0, hello, first: 0x01), .refused(.unsupportedData)),
        Vector("binary in parts", ClientFrame.bytes(0, hello, first: 0x02), .refused(.unsupportedData)),
        Vector("a part of nothing", ClientFrame.bytes(0, hello), .refused(.protocolError)),
        Vector("a last part of nothing", ClientFrame.bytes(0, hello, first: 0x00), .refused(.protocolError)),

        // Nothing goes up.
        Vector("a text", ClientFrame.bytes(ClientFrame.text, hello), .refused(.unsupportedData)),
        Vector("an empty text", ClientFrame.bytes(ClientFrame.text), .refused(.unsupportedData)),
        Vector("binary", ClientFrame.bytes(ClientFrame.binary, hello), .refused(.unsupportedData)),
        Vector("a text of 126 bytes", ClientFrame.bytes(ClientFrame.text, longest + [1]), .refused(.unsupportedData)),
        Vector(
            "a text of the limit",
            ClientFrame.bytes(ClientFrame.text, [UInt8](repeating: 97, count: WebSocketParser.messageLimit)),
            .refused(.unsupportedData)
        ),
        Vector("the head of a text that is too big", [0x81, 0xFE, 0x10, 0x01], .refused(.tooBig)),
        Vector("the head of a huge one", [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], .refused(.tooBig)),
        Vector(
            "the head of the hugest one",
            [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7),
            .refused(.tooBig)
        ),
        Vector("a ping of 126 bytes", [0x89, 0xFE, 0, 126], .refused(.tooBig)),
        Vector("a close of 70 kB", [0x88, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], .refused(.tooBig)),

        // 5.2: as few bytes as there may be for a length
        Vector("a length of 125 in two bytes", [0x81, 0xFE, 0, 125], .refused(.protocolError)),
        Vector("a length of nothing in two bytes", [0x89, 0xFE, 0, 0], .refused(.protocolError)),
        Vector(
            "a length of 65535 in eight bytes",
            [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            .refused(.protocolError)
        ),
        Vector("a length of nothing in eight bytes", [0x89, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0], .refused(.protocolError)),
        Vector("a length with the highest bit", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], .refused(.protocolError)),

        // 5.5.1 and 7.4: close
        Vector("a close without a code", ClientFrame.bytes(ClientFrame.close), .close(nil)),
        Vector("a close with half a code", ClientFrame.bytes(ClientFrame.close, [3]), .refused(.protocolError)),
        Vector("a close with a reason", ClientFrame.close(1001, Array("tschüß".utf8)), .close(.goingAway)),
        Vector(
            "a close with the longest reason",
            ClientFrame.close(1000, [UInt8](repeating: 97, count: 123)),
            .close(.normal)
        ),
        Vector(
            "a close with a reason that is no UTF-8",
            ClientFrame.close(1000, [0xC3, 0x28]),
            .refused(.invalidText)
        ),
        Vector(
            "a close whose reason ends within a character",
            ClientFrame.close(1000, [0xE2, 0x82]),
            .refused(.invalidText)
        ),
        Vector(
            "a close whose reason is a surrogate",
            ClientFrame.close(1000, [0xED, 0xA0, 0x80]),
            .refused(.invalidText)
        ),
    ]

    @Test(arguments: vectors) func `each frame means what the RFC says, however it is cut`(vector: Vector) {
        #expect(Self.events(of: vector.bytes) == vector.events)
        #expect(Self.events(of: vector.bytes, cuts: Array(vector.bytes.indices)) == vector.events)
    }

    @Test func `a close may carry the codes that a peer may send`() {
        let sendable = (0...UInt16.max).filter {
            Self.events(of: ClientFrame.close($0)) == [.close(.init(rawValue: $0))]
        }
        #expect(sendable == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
    }

    @Test func `what the server writes is what the RFC's examples say`() {
        var bytes: [UInt8] = []
        WebSocketFrame.write(.text, Self.hello, to: &bytes)
        #expect(bytes == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        for (count, head) in [
            (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65535, [0x81, 126, 0xFF, 0xFF]),
            (65536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])] {
            bytes = []
            WebSocketFrame.write(.text, [UInt8](repeating: 97, count: count), to: &bytes)
            #expect(bytes.starts(with: head) && bytes.count == head.count + count)
        }
        bytes = []
        WebSocketFrame.writeClose(.goingAway, to: &bytes)
        WebSocketFrame.writeClose(nil, to: &bytes)
        #expect(bytes == [0x88, 2, 0x03, 0xE9, 0x88, 0])
    }
}
