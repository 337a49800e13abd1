import Testing

@testable import HTTP

/// What a connection does once it is a WebSocket.
@Suite struct HTTPConnectionWebSocketTests {
    private static func open(_ request: String = .handshake()) -> ConnectionRun {
        var run = ConnectionRun()
        run.send(request)
        run.upgrade()
        return run
    }

    private static let pong: [UInt8] = [0x8A, 0]
    private static let serverPing: [UInt8] = [0x89, 0]

    private static func close(_ code: UInt16) -> [UInt8] { [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)] }

    @Test func `the answer accepts the key, and has no length and no end`() {
        let run = Self.open()
        #expect(
            run.text == """
                HTTP/1.1 101 Switching Protocols\r
                Cache-Control: no-store\r
                X-Content-Type-Options: nosniff\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r\n
                """
        )
        #expect(run.connection.state == .webSocket(awaitsPong: false))
    }

    @Test func `pings are answered with what they carry, pongs are ignored`() {
        var run = Self.open()
        run.send(bytes: ClientFrame.bytes(ClientFrame.ping, "one".utf8) + ClientFrame.bytes(ClientFrame.pong, "x".utf8))
        run.send(bytes: ClientFrame.bytes(ClientFrame.ping))
        #expect(run.frames == [0x8A, 3] + Array("one".utf8) + Self.pong)
        #expect(run.connection.state == .webSocket(awaitsPong: false))
    }

    @Test func `frames that came with the handshake are read, whether it is granted at once or later`() {
        var run = ConnectionRun()
        run.send(.handshake() + String(decoding: [UInt8(0x0A)], as: UTF8.self))
        #expect(run.isReplyDue)
        run.upgrade()
        run.run()
        // 0x0A begins a pong in parts.
        #expect(run.frames == Self.close(1002))
        var late = ConnectionRun()
        late.arrive(bytes: Array(String.handshake().utf8) + ClientFrame.bytes(ClientFrame.ping))
        late.run()
        late.upgrade()
        late.run()
        #expect(late.frames == Self.pong)
    }

    @Test func `requests before a handshake are answered first`() {
        let run = Self.open(.get("/a") + .handshake())
        #expect(run.statuses == [200, 101])
        #expect(run.connection.isWebSocket)
    }

    @Test func `a close is echoed, the server ends its side, and reads to the end of the other`() {
        var run = Self.open()
        run.send(bytes: ClientFrame.close(1001, Array("bye".utf8)) + ClientFrame.bytes(ClientFrame.ping))
        #expect(run.frames == Self.close(1001))
        #expect(run.hasEndedOutput)
        #expect(!run.connection.isClosed)
        run.finishSending()
        #expect(run.connection.isClosed)
    }

    @Test func `a close without a code is echoed without one`() {
        var run = Self.open()
        run.send(bytes: ClientFrame.bytes(ClientFrame.close))
        #expect(run.frames == [0x88, 0])
    }

    @Test func `a message closes the connection with the reason, after what was sent before`() {
        var run = Self.open()
        run.feed("frame")
        run.send(bytes: ClientFrame.bytes(ClientFrame.text, "up".utf8))
        #expect(run.frames == Array("frame".utf8) + Self.close(1003))
        run.feed("late")
        #expect(run.frames == Array("frame".utf8) + Self.close(1003))
        #expect(run.hasEndedOutput)
    }

    @Test func `the service's end is a close with 1000, a drain is one with 1001`() {
        var run = Self.open()
        run.feed("frame")
        run.endStream()
        #expect(run.frames == Array("frame".utf8) + Self.close(1000))
        #expect(run.hasEndedOutput)
        var draining = Self.open()
        draining.drain()
        #expect(draining.frames == Self.close(1001))
        #expect(draining.hasEndedOutput)
        var late = ConnectionRun()
        late.send(.handshake())
        late.drain()
        late.upgrade()
        #expect(late.frames == Self.close(1001))
        #expect(late.hasEndedOutput)
    }

    @Test func `a ping every 15 seconds, and 10 seconds for its pong`() {
        var run = Self.open()
        run.pass(.seconds(14))
        #expect(run.frames == [])
        run.pass(.seconds(1))
        #expect(run.frames == Self.serverPing)
        run.pass(.seconds(9))
        run.send(bytes: ClientFrame.bytes(ClientFrame.pong))
        run.pass(.seconds(14))
        // A pong that nobody asked for puts off no ping.
        run.send(bytes: ClientFrame.bytes(ClientFrame.pong))
        #expect(run.frames == Self.serverPing)
        run.pass(.seconds(1))
        #expect(run.frames == Self.serverPing + Self.serverPing)
        run.pass(.seconds(9))
        #expect(run.connection.isWebSocket)
        run.pass(.seconds(1))
        #expect(run.isStreamCut)
        #expect(run.connection.isClosed)
    }

    @Test func `it is cut when more than 64 kB wait for its client, if only pongs`() {
        var run = Self.open()
        run.room = 0
        let ping = ClientFrame.bytes(ClientFrame.ping, [UInt8](repeating: 1, count: 125))
        for _ in 0..<516 { run.send(bytes: ping) }
        #expect(run.connection.isWebSocket)
        #expect(run.connection.output.count <= HTTPStream.unsentLimit)
        run.send(bytes: ping)
        #expect(run.isStreamCut)
    }

    @Test func `a peer that sends no more has gone`() {
        var run = Self.open()
        run.finishSending()
        #expect(run.connection.isClosed)
    }

    @Test func `the last frame must move, too`() {
        var run = Self.open()
        run.room = 0
        run.feed("frame")
        run.endStream()
        run.pass(HTTPLimits().writeDeadline)
        #expect(run.timeouts == [.write])
        #expect(run.connection.isClosed)
    }
}
