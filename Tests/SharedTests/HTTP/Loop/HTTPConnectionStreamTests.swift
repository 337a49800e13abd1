import Testing

@testable import HTTP

/// What a connection does while its answer is a stream.
@Suite struct HTTPConnectionStreamTests {
    private static func streaming(_ request: String = .get("/stream")) -> ConnectionRun {
        var run = ConnectionRun()
        run.send(request)
        run.stream()
        return run
    }

    @Test func `a stream says that it ends with the connection and has no length`() {
        let run = Self.streaming()
        #expect(
            run.text == """
                HTTP/1.1 200 OK\r
                Cache-Control: no-store\r
                X-Content-Type-Options: nosniff\r
                Content-Type: text/event-stream\r
                X-Accel-Buffering: no\r
                Connection: close\r
                \r\n
                """
        )
        #expect(run.connection.state == .streaming)
    }

    @Test func `a stream goes on until it is ended, and everything is sent before the end`() {
        var run = Self.streaming()
        run.feed("data: 1\n\n")
        run.room = 4
        run.feed("data: 2\n\n")
        run.endStream()
        run.feed("data: 3\n\n")
        #expect(run.connection.state == .closing)
        run.run()
        #expect(run.text.hasSuffix("\r\n\r\ndata: 1\n\ndata: 2\n\n"))
        #expect(run.hasEndedOutput)
        run.finishSending()
        #expect(run.connection.isClosed)
    }

    @Test func `HEAD gets the head of a stream and no stream`() {
        var run = Self.streaming("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        run.feed("data: 1\n\n")
        #expect(run.text.hasSuffix("\r\nConnection: close\r\n\r\n"))
        #expect(run.hasEndedOutput)
    }

    @Test func `requests before a stream are answered, those behind it are dropped`() {
        var run = Self.streaming(.get("/a") + .get("/stream") + .get("/b"))
        #expect(run.requests == ["GET /a ", "GET /stream "])
        run.send(.get("/c"))
        run.endStream()
        run.run()
        #expect(run.requests.count == 2)
        #expect(run.statuses == [200, 200])
    }

    @Test func `a peer that sends no more gets its stream, one that hangs up does not`() {
        var run = Self.streaming()
        run.finishSending()
        run.feed("data: 1\n\n")
        #expect(run.text.hasSuffix("data: 1\n\n"))
        #expect(run.connection.isStreaming)
        run.readable(hungUp: true)
        #expect(run.connection.isClosed)
    }

    @Test func `a stream has a comment every 15 seconds, whatever else it sends`() {
        var run = Self.streaming()
        run.pass(.seconds(10))
        run.feed("data: 1\n\n")
        run.pass(.seconds(5))
        #expect(run.text.hasSuffix("data: 1\n\n:\n\n"))
        run.pass(.seconds(15))
        #expect(run.text.hasSuffix("data: 1\n\n:\n\n:\n\n"))
        #expect(run.timeouts.isEmpty)
    }

    @Test func `a stream is cut when more than 64 kB wait for its client`() {
        var run = Self.streaming()
        run.room = 1000
        run.feed(String(repeating: "x", count: HTTPStream.unsentLimit + 1000))
        #expect(run.connection.output.count == HTTPStream.unsentLimit)
        #expect(run.connection.isStreaming)
        run.feed("x")
        #expect(run.isStreamCut)
        #expect(run.connection.isClosed)
    }

    @Test func `a drain ends a stream after what it has sent, and lets none begin`() {
        var run = Self.streaming()
        run.room = 4
        run.feed("data: 1\n\n")
        run.drain()
        run.run()
        #expect(run.text.hasSuffix("data: 1\n\n"))
        #expect(run.hasEndedOutput)

        var late = ConnectionRun()
        late.send(.get("/stream"))
        late.drain()
        late.stream()
        #expect(late.statuses == [200])
        #expect(late.hasEndedOutput)
    }

    @Test func `the end of a stream must move, too`() {
        var run = Self.streaming()
        run.room = 0
        run.feed("data: 1\n\n")
        run.endStream()
        run.pass(HTTPLimits().writeDeadline)
        #expect(run.timeouts == [.write])
        #expect(run.connection.isClosed)
    }
}
