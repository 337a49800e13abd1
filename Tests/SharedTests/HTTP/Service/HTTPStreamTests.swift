import Dispatch
import HTTP
import TestSupport
import Testing

/// Streams through a real server and real sockets.
@Suite(.timeLimit(.minutes(15))) struct HTTPStreamTests {
    private static let request = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let head = """
        HTTP/1.1 200 OK\r
        Cache-Control: no-store\r
        X-Content-Type-Options: nosniff\r
        Content-Type: text/event-stream\r
        X-Accel-Buffering: no\r
        Connection: close\r
        \r\n
        """

    /// Connects, asks for a stream and reads its head.
    private static func open(
        _ server: TestServer,
        _ shelf: ReplyShelf,
        receiveBuffer: Int32? = nil
    ) async throws -> (TestClient, HTTPStream) {
        let client = try TestClient(port: server.port, receiveBuffer: receiveBuffer)
        try await client.send(request)
        let stream = try await shelf.take("/stream").stream(["Cache-Control": "no-store"])
        try await client.expect(head)
        return (client, stream)
    }

    @Test func `what is sent from any thread arrives in order, and the end is the end of the connection`() async throws
    {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let (client, stream) = try await Self.open(server, shelf)
            #expect(server.server.statistics.streams == 1)
            for number in 1...1000 { #expect(stream.send(Array("data: \(number)\n\n".utf8))) }
            stream.end()
            #expect(!stream.send(Array("late".utf8)))
            #expect(try await client.rest() == (1...1000).map { "data: \($0)\n\n" }.joined())
            try await server.until { $0.streams == 0 && $0.open == 0 }
            #expect(server.server.statistics.answers == [200: 1])
        }
    }

    @Test func `a stream may begin and be fed before the loop goes on`() async throws {
        let service = HTTPService { _ in
            .receive(
                into: FinishingSink { reply in
                    let stream = reply.stream()
                    stream.send(Array("data: 1\n\n".utf8))
                    stream.end()
                },
                limit: 0
            )
        }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send(Self.request)
            #expect(try await client.rest().hasSuffix("\r\n\r\ndata: 1\n\n"))
        }
    }

    @Test func `a stream that is dropped ends after what it sent`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send(Self.request)
            do {
                let stream = try await shelf.take("/stream").stream()
                stream.send(Array("data: 1\n\n".utf8))
            }
            #expect(try await client.rest().hasSuffix("\r\n\r\ndata: 1\n\n"))
        }
    }

    @Test func `a request that is answered gets no stream`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send(Self.request)
            let reply = try await shelf.take("/stream")
            reply.send(.text(200, "short"))
            #expect(!reply.stream().send([1]))
            #expect(try await client.answer().body == "short")
            #expect(server.server.statistics.streams == 0)
        }
    }

    @Test func `HEAD gets the head alone`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            let stream = try await shelf.take("/stream").stream(["Cache-Control": "no-store"])
            #expect(try await client.rest() == Self.head)
            #expect(try await eventually { !stream.send([1]) })
            #expect(server.server.statistics.streams == 0)
        }
    }

    @Test func `requests sent ahead are answered before a stream and dropped behind it`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + Self.request + HTTPServerTests.get)
            try await shelf.take("/1").send(.text(200, "one"))
            #expect(try await client.answer().body == "one")
            let stream = try await shelf.take("/stream").stream(["Cache-Control": "no-store"])
            try await client.expect(Self.head)
            try await client.send(HTTPServerTests.get)
            stream.send(Array("data: 1\n\n".utf8))
            stream.end()
            #expect(try await client.rest() == "data: 1\n\n")
            #expect(server.server.statistics.answers == [200: 2])
        }
    }

    @Test func `a silent stream is kept alive with comments`() async throws {
        var limits = HTTPLimits.quick
        limits.streamComment = .milliseconds(50)
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            let (client, stream) = try await Self.open(server, shelf)
            try await client.expect(":\n\n:\n\n:\n\n")
            stream.end()
            #expect(try await client.rest().replacing(":\n\n", with: "") == "")
        }
    }

    @Test func `a client that has sent all it will still gets its stream`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let (client, stream) = try await Self.open(server, shelf)
            await client.finishSending()
            stream.send(Array("data: 1\n\n".utf8))
            try await client.expect("data: 1\n\n")
            stream.send(Array("data: 2\n\n".utf8))
            stream.end()
            #expect(try await client.rest() == "data: 2\n\n")
        }
    }

    @Test(arguments: [true, false]) func `a client that has gone is noticed`(resets: Bool) async throws {
        var limits = HTTPLimits.quick
        limits.streamComment = .milliseconds(20)
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            let stream: HTTPStream
            do {
                let (client, opened) = try await Self.open(server, shelf)
                stream = opened
                if resets { await client.reset() }
            }
            // A client that closes without a reset looks half-closed until it answers a comment with one.
            try await server.until { $0.open == 0 && $0.streams == 0 }
            #expect(!stream.send([1]))
        }
    }

    @Test func `a client that does not read is cut, and others go on`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(loops: 1, service: .held(by: shelf)) { server in
            let (deaf, dull) = try await Self.open(server, shelf, receiveBuffer: 4096)
            let (client, stream) = try await Self.open(server, shelf)
            let events = [UInt8](repeating: 97, count: 32 * 1024)
            var isOpen = true
            // What the system keeps for a slow reader comes first, a few megabytes.
            for _ in 1...10_000 where isOpen {
                isOpen = dull.send(events)
                await server.server.ping()
            }
            #expect(!isOpen)
            try await server.until { $0.cutStreams == 1 && $0.streams == 1 }
            stream.send(Array("data: 1\n\n".utf8))
            try await client.expect("data: 1\n\n")
            withExtendedLifetime(deaf) {}
        }
    }

    @Test func `what waits for a loop that hangs has a limit`() async throws {
        let shelf = ReplyShelf()
        let held = HTTPService.held(by: shelf)
        let gate = DispatchSemaphore(value: 0)
        let (hung, hang) = AsyncStream<Void>.makeStream()
        let service = HTTPService { head in
            guard head.path == "/hang" else { return held.admit(head) }
            hang.yield()
            gate.wait()
            return .respond(.text(200, "late"))
        }
        try await TestServer.run(loops: 1, service: service) { server in
            let (client, stream) = try await Self.open(server, shelf)
            let other = try TestClient(port: server.port)
            try await other.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
            for await _ in hung { break }
            let kilobyte = [UInt8](repeating: 97, count: 1024)
            // The last one that is taken in is the one that makes it too much.
            #expect((1...1000).count { _ in stream.send(kilobyte) } == 65)
            gate.signal()
            #expect(try await other.answer().body == "late")
            #expect(try await client.rest() == "")
            try await server.until { $0.cutStreams == 1 && $0.streams == 0 }
        }
    }

    @Test func `a server has room for so many streams, and for another when one ends`() async throws {
        var limits = HTTPLimits.quick
        limits.streams = 2
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            let first = try await Self.open(server, shelf)
            let second = try await Self.open(server, shelf)
            let client = try TestClient(port: server.port)
            try await client.send(Self.request)
            let refused = try await shelf.take("/stream").stream()
            let answer = try await client.answer()
            // Where it is let in, nothing that follows would come.
            try #require(answer.status == 503)
            #expect(answer.head.contains("\r\nRetry-After: "))
            #expect(!refused.send([1]))
            first.1.end()
            try await server.until { $0.streams == 1 }
            try await client.send(Self.request)
            let third = try await shelf.take("/stream").stream(["Cache-Control": "no-store"])
            try await client.expect(Self.head)
            #expect(third.send([1]) && second.1.send([1]))
        }
    }

    @Test func `256 streams are all told`() async throws {
        var limits = HTTPLimits.quick
        limits.connectionsPerAddress = 300
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            var streams: [(TestClient, HTTPStream)] = []
            for _ in 1...HTTPLimits().streams { streams.append(try await Self.open(server, shelf)) }
            #expect(server.server.statistics.streams == 256)
            let events = Array("data: hello\n\n".utf8)
            for (_, stream) in streams { #expect(stream.send(events)) }
            for (client, _) in streams { try await client.expect("data: hello\n\n") }
        }
    }

    @Test func `a server that stops ends its streams after what they sent`() async throws {
        let shelf = ReplyShelf()
        let (server, task) = try TestServer.start(service: .held(by: shelf))
        let (client, stream) = try await Self.open(server, shelf)
        let late = try TestClient(port: server.port)
        try await late.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await shelf.take("/late")
        stream.send(Array("data: 1\n\n".utf8))
        task.cancel()
        #expect(try await client.rest() == "data: 1\n\n")
        // The client may see the end a moment before the stream does.
        #expect(try await eventually { !stream.send([1]) })
        try await server.untilRefusing()
        let lateStream = reply.stream()
        #expect(try await late.rest().hasSuffix("\r\nConnection: close\r\n\r\n"))
        #expect(try await eventually { !lateStream.send([1]) })
        await task.value
        #expect(server.server.statistics.streams == 0)
        #expect(server.events.isEmpty)
    }

    @Test func `a stream outlives its server without harm`() async throws {
        let shelf = ReplyShelf()
        let (server, task) = try TestServer.start(service: .held(by: shelf))
        let client = try TestClient(port: server.port)
        try await client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await shelf.take("/a")
        await client.reset()
        task.cancel()
        await task.value
        let stream = reply.stream()
        #expect(!stream.send([1]))
        stream.end()
        #expect(server.server.statistics.streams == 0)
    }
}

/// Answers as it is told once a request is whole.
private final class FinishingSink: HTTPBodySink {
    private let answer: (HTTPReply) -> Void

    init(_ answer: @escaping (HTTPReply) -> Void) { self.answer = answer }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? { nil }

    func finish(_ reply: HTTPReply) { answer(reply) }

    func abandon() {}
}
