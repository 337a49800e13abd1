import Testing

@testable import HTTP

@Suite struct WebSocketHandshakeTests {
    private typealias Problem = WebSocketHandshake.Problem

    private static func check(
        _ text: String,
        from own: String? = "https://example.org"
    ) throws -> Result<WebSocketHandshake, WebSocketHandshake.Problem> {
        let head = try #require(HTTPRequestHead.parsed(text))
        return Result { () throws(WebSocketHandshake.Problem) in
            try WebSocketHandshake(head) { $0 == own }
        }
    }

    private static func problem(_ text: String) throws -> Problem? {
        if case .failure(let problem) = try check(text) { problem } else { nil }
    }

    private static let origin = "Origin: https://example.org"

    @Test func `the key of the RFC's example is answered as the RFC says`() throws {
        let handshake = try Self.check(.handshake("/", Self.origin)).get()
        #expect(handshake.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `what a browser sends is understood, in whatever case and order`() throws {
        let text = """
            GET /ws?x=1 HTTP/1.1\r
            host: example.org\r
            connection: keep-alive, UPGRADE\r
            upgrade: h2c, WebSocket\r
            origin: https://example.org\r
            sec-websocket-version: 13\r
            sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r
            sec-websocket-extensions: permessage-deflate; client_max_window_bits\r
            \r\n
            """
        #expect(try Self.problem(text) == nil)
    }

    @Test func `the service says which origins are its own, and whether none is`() throws {
        #expect(try Self.problem(.handshake("/", Self.origin)) == nil)
        for origin in ["https://example.org:444", "http://example.org", "https://example.org.evil.test", "null"] {
            #expect(try Self.problem(.handshake("/", "Origin: \(origin)")) == .origin)
        }
        #expect(try Self.problem(.handshake()) == .origin)
        #expect(try Self.problem(.handshake("/", Self.origin, Self.origin)) == .origin)
        let without = try Self.check(.handshake(), from: nil)
        #expect(throws: Never.self) { try without.get() }
    }

    @Test(arguments: [
        ("Upgrade: websocket\r\n", "", Problem.notAnUpgrade),
        ("Upgrade: websocket", "Upgrade: websockets", .notAnUpgrade),
        ("Connection: Upgrade\r\n", "", .notAnUpgrade),
        ("Connection: Upgrade", "Connection: keep-alive", .notAnUpgrade),
        ("Connection: Upgrade", "Connection: Upgrade, close", .notAnUpgrade),
        ("GET ", "HEAD ", .notAnUpgrade),
        ("GET ", "POST ", .notAnUpgrade),
        ("HTTP/1.1", "HTTP/1.0", .notAnUpgrade),
        ("Host: a", "Host: a\r\nContent-Length: 1", .notAnUpgrade),
        ("Version: 13", "Version: 8", .version),
        ("Version: 13", "Version: 8, 13", .version),
        ("Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13", .version),
        ("Sec-WebSocket-Version: 13\r\n", "", .version),
        ("dGhlIHNhbXBsZSBub25jZQ==", "", .key),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ", .key),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZSE=", .key),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub24!", .key),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .key),
    ]) private func `anything else is refused`(words: String, others: String, problem: Problem) throws {
        let text = String.handshake("/", Self.origin)
        try #require(text.contains(words))
        #expect(try Self.problem(text.replacing(words, with: others)) == problem)
    }

    @Test func `a refusal says what would be right`() {
        #expect(Problem.allCases.map(\.response.status) == [426, 426, 400, 403])
        let fields = Problem.version.response.fields
        #expect(fields.first("upgrade") == "websocket" && fields.first("connection") == "Upgrade")
        #expect(fields.first("sec-websocket-version") == "13")
    }
}
