import HTTP
import TestSupport
import Testing

/// WebSockets through a real server and real sockets.
@Suite(.timeLimit(.minutes(15))) struct WebSocketHTTPTests {
    /// Grants every handshake, and keeps the replies for a test to answer.
    private static func sockets(on shelf: SocketShelf) -> HTTPService {
        HTTPService { head in
            do throws(WebSocketHandshake.Problem) {
                let handshake = try WebSocketHandshake(head) { $0 == nil || $0 == "http://a" }
                return .receive(into: SocketSink(handshake, shelf), limit: 0)
            } catch {
                return .respond(error.response)
            }
        }
    }

    /// Connects and goes through the handshake.
    private static func open(
        _ server: TestServer,
        _ shelf: SocketShelf,
        receiveBuffer: Int32? = nil
    ) async throws -> (TestWebSocket, HTTPStream) {
        let client = try TestClient(port: server.port, receiveBuffer: receiveBuffer)
        try await client.send(.handshake("/socket"))
        let stream = try await shelf.take()
        let answer = try await client.answer(hasBody: false)
        #expect(answer.status == 101)
        #expect(answer.head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        return (TestWebSocket(client: client), stream)
    }

    private static func run(
        _ limits: HTTPLimits = .quick,
        _ body: (TestServer, SocketShelf) async throws -> Void
    ) async throws {
        let shelf = SocketShelf()
        try await TestServer.run(limits, loops: 1, service: sockets(on: shelf)) { try await body($0, shelf) }
    }

    @Test func `messages of all lengths arrive in order, and the end is a close`() async throws {
        try await Self.run { server, shelf in
            let (socket, stream) = try await Self.open(server, shelf)
            #expect(server.server.statistics.streams == 1)
            let texts = [0, 1, 125, 126, 127, 20_000, 65_535, 65_536, 100_000].map { String(repeating: "x", count: $0) }
            for text in texts {
                #expect(stream.send(Array(text.utf8)))
                #expect(try await socket.text() == text)
            }
            for number in 1...1000 { stream.send(Array("message \(number)".utf8)) }
            stream.end()
            for number in 1...1000 { #expect(try await socket.text() == "message \(number)") }
            #expect(try await socket.closeCode() == 1000)
            try await server.until { $0.streams == 0 }
            #expect(!stream.send([]))
            #expect(server.server.statistics.answers == [101: 1])
        }
    }

    @Test func `pings are answered between messages`() async throws {
        try await Self.run { server, shelf in
            let (socket, stream) = try await Self.open(server, shelf)
            for number in 1...100 {
                try await socket.client.send(ClientFrame.bytes(ClientFrame.ping, "\(number)".utf8))
                let frame = try await socket.frame()
                #expect(frame.opcode == ClientFrame.pong && frame.text == "\(number)")
                stream.send(Array("message".utf8))
                #expect(try await socket.text() == "message")
            }
        }
    }

    @Test func `the client's close is echoed, and the stream has ended`() async throws {
        try await Self.run { server, shelf in
            let (socket, stream) = try await Self.open(server, shelf)
            try await socket.client.send(ClientFrame.close(4321, Array("done".utf8)))
            #expect(try await socket.closeCode() == 4321)
            try await server.until { $0.streams == 0 }
            #expect(!stream.send([1]))
        }
    }

    @Test(arguments: [
        (ClientFrame.bytes(ClientFrame.text, "up".utf8), 1003), (ClientFrame.bytes(ClientFrame.ping, mask: nil), 1002),
        (ClientFrame.close(1000, [0xFF]), 1007), ([0x81, 0xFE, 0xFF, 0xFF], 1009),
    ]) func `what is not taken closes the connection with the reason`(bytes: [UInt8], code: Int) async throws {
        try await Self.run { server, shelf in
            let (socket, stream) = try await Self.open(server, shelf)
            try await socket.client.send(bytes)
            #expect(try await socket.closeCode() == code)
            try await server.until { $0.streams == 0 }
            #expect(!stream.send([1]))
        }
    }

    @Test func `other requests to such a path are refused, and the connection goes on`() async throws {
        try await Self.run { server, _ in
            let client = try TestClient(port: server.port)
            try await client.send(.get("/socket"))
            let answer = try await client.answer()
            #expect(answer.status == 426)
            #expect(answer.head.contains("\r\nSec-WebSocket-Version: 13"))
            try await client.send(.handshake("/socket", "Origin: http://evil.test"))
            #expect(try await client.answer().status == 403)
            try await client.send(.handshake("/socket").replacing("n: 13", with: "n: 7"))
            #expect(try await client.answer().status == 426)
            #expect(server.server.statistics.streams == 0)
        }
    }

    @Test func `a client that answers pings stays, one that does not is cut`() async throws {
        var limits = HTTPLimits.quick
        limits.streamComment = .milliseconds(50)
        // Long enough for a client on a busy machine, which the other one has to wait for, too.
        limits.pongDeadline = .seconds(10)
        try await Self.run(limits) { server, shelf in
            let (dumb, dumbStream) = try await Self.open(server, shelf)
            let (socket, stream) = try await Self.open(server, shelf)
            while dumbStream.send([97]) {
                let frame = try await socket.frame()
                #expect(frame.opcode == ClientFrame.ping)
                try await socket.client.send(ClientFrame.bytes(ClientFrame.pong, frame.payload))
            }
            #expect(server.server.statistics.cutStreams == 1)
            #expect(stream.send([97]))
            withExtendedLifetime(dumb) {}
        }
    }

    @Test(arguments: [true, false]) func `a client that has gone is noticed at once`(resets: Bool) async throws {
        try await Self.run { server, shelf in
            let stream: HTTPStream
            do {
                let (socket, opened) = try await Self.open(server, shelf)
                stream = opened
                if resets { await socket.client.reset() }
            }
            try await server.until { $0.open == 0 && $0.streams == 0 }
            #expect(!stream.send([1]))
        }
    }

    @Test func `a client that does not read is cut, and others go on`() async throws {
        try await Self.run { server, shelf in
            let (deaf, dull) = try await Self.open(server, shelf, receiveBuffer: 4096)
            let (socket, stream) = try await Self.open(server, shelf)
            let message = [UInt8](repeating: 97, count: 32 * 1024)
            var isOpen = true
            for _ in 1...10_000 where isOpen {
                isOpen = dull.send(message)
                await server.server.ping()
            }
            #expect(!isOpen)
            try await server.until { $0.cutStreams == 1 && $0.streams == 1 }
            stream.send(Array("still here".utf8))
            #expect(try await socket.text() == "still here")
            withExtendedLifetime(deaf) {}
        }
    }

    @Test func `sockets and streams share one limit`() async throws {
        var limits = HTTPLimits.quick
        limits.streams = 1
        try await Self.run(limits) { server, shelf in
            let (socket, stream) = try await Self.open(server, shelf)
            let client = try TestClient(port: server.port)
            try await client.send(.handshake("/socket"))
            let refused = try await shelf.take()
            #expect(try await client.answer().status == 503)
            #expect(!refused.send([1]))
            stream.send(Array("one".utf8))
            #expect(try await socket.text() == "one")
        }
    }

    @Test func `a server that stops closes its sockets with 1001 after what they sent`() async throws {
        let shelf = SocketShelf()
        let (server, task) = try TestServer.start(service: Self.sockets(on: shelf))
        let (socket, stream) = try await Self.open(server, shelf)
        stream.send(Array("last".utf8))
        task.cancel()
        #expect(try await socket.text() == "last")
        #expect(try await socket.closeCode() == 1001)
        await task.value
        #expect(!stream.send([1]))
        #expect(server.server.statistics.streams == 0)
        #expect(server.events.isEmpty)
    }
}
