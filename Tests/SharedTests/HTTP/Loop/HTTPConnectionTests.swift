import Testing

@testable import HTTP

/// What a connection does in each state, without a socket and without waiting.
@Suite struct HTTPConnectionTests {
    private static let limits = HTTPLimits()

    // MARK: - Requests and answers

    @Test func `requests are answered in order, however far ahead they were sent`() {
        var run = ConnectionRun()
        run.send(.get("/now") + .post("/a", "hi") + .get("/later") + .get("/b"))
        #expect(run.requests == ["GET /now", "POST /a hi", "GET /later "])
        #expect(run.connection.state == .inHand)
        run.reply()
        run.run()
        #expect(run.requests.last == "GET /b ")
        #expect(run.statuses == [200, 200, 200, 200])
        #expect(run.connection.state == .idle)
    }

    @Test func `one answer is a turn`() {
        var run = ConnectionRun()
        run.arrive(.get("/a") + .get("/b"))
        run.readable()
        #expect(run.requests.count == 1)
        #expect(run.connection.wantsTurn)
        #expect(!run.connection.isReading)
        run.takeTurn()
        #expect(run.requests.count == 2)
        #expect(!run.connection.wantsTurn)
    }

    @Test func `nothing is read while a request is in hand or its answer is on its way`() {
        var run = ConnectionRun()
        run.send(.get("/later"))
        run.send(.get("/a"))
        #expect(run.requests.count == 1)
        run.room = 0
        run.reply()
        run.run()
        #expect(run.connection.state == .answering)
        #expect(run.requests.count == 1)
        run.room = .max
        run.run()
        #expect(run.requests == ["GET /later ", "GET /a "])
    }

    @Test(arguments: [
        (.get("/now", "Connection: close"), 200), (.post("/now", "", length: 9), 200), (.get("/bad"), 400),
        (.post("/refuse", "x", length: 2), 503), ("G@T / HTTP/1.1\r\n", 400), (.post("/a", "", length: 1001), 413),
    ]) func `after a last answer nothing is parsed, and the peer gets to read it`(request: String, status: Int) {
        var run = ConnectionRun()
        run.send(request + .get("/smuggled"))
        #expect(run.statuses == [status])
        #expect(run.text.contains("\r\nConnection: close\r\n"))
        #expect(run.hasEndedOutput)
        #expect(!run.requests.contains { $0.contains("smuggled") })
        run.finishSending()
        #expect(run.connection.isClosed)
    }

    @Test func `a connection closes with its last allowed request`() {
        var limits = HTTPLimits()
        limits.requestsPerConnection = 2
        var run = ConnectionRun(limits: limits)
        run.send(.get("/a") + .get("/b") + .get("/c"))
        #expect(run.requests == ["GET /a ", "GET /b "])
        #expect(run.hasEndedOutput)
    }

    @Test func `a body is asked for once it is admitted, and only then`() {
        var run = ConnectionRun()
        run.send(.post("/a", "", length: 2, "Expect: 100-continue"))
        #expect(run.text == "HTTP/1.1 100 Continue\r\n\r\n")
        run.send("hi")
        #expect(run.statuses == [100, 200])
        run.send(.post("/a", "", length: 1001, "Expect: 100-continue"))
        #expect(run.statuses == [100, 200, 413])
        #expect(run.refusals == [.bodyTooLarge])
    }

    @Test func `HEAD has no body, and what follows it has`() {
        var run = ConnectionRun()
        run.send("HEAD /now HTTP/1.1\r\nHost: a\r\n\r\n" + .get("/now"))
        #expect(run.text.ranges(of: "at once").count == 1)
        #expect(run.statuses == [200, 200])
    }

    @Test func `an end of input takes away no answer, and an unfinished request gets none`() {
        var run = ConnectionRun()
        run.send(.get("/later") + .get("/b"))
        run.finishSending()
        run.reply()
        run.run()
        #expect(run.statuses == [200, 200])
        #expect(run.connection.isClosed)

        var cut = ConnectionRun()
        cut.send(.post("/a", "h", length: 2))
        cut.finishSending()
        #expect(cut.connection.isClosed)
        #expect(cut.text.isEmpty)
    }

    @Test func `only the body that is on its way can be ended from elsewhere`() {
        var run = ConnectionRun()
        run.send(.post("/a", "hi") + .post("/b", "h", length: 2))
        #expect(!run.connection.isReceiving(request: 1))
        #expect(run.connection.isReceiving(request: 2))
        run.reply(.text(503, "room"))
        #expect(run.statuses == [200, 503])
        #expect(run.hasEndedOutput)
        #expect(!run.connection.isReceiving(request: 2))
    }

    // MARK: - Deadlines

    @Test func `a connection without a request is closed without a word`() {
        var run = ConnectionRun()
        run.pass(Self.limits.idleDeadline - .nanoseconds(1))
        #expect(!run.connection.isClosed)
        run.pass(.nanoseconds(1))
        #expect(run.connection.isClosed)
        #expect(run.timeouts == [.idle])
        #expect(run.sent.isEmpty)
    }

    @Test func `a head has its time from its first byte, however it drips`() {
        var run = ConnectionRun()
        run.pass(.seconds(50))
        for _ in 1...50 {
            run.send("A")
            run.pass(Self.limits.headDeadline / 50)
        }
        #expect(run.timeouts == [.head])
        #expect(run.statuses == [408])
        #expect(run.hasEndedOutput)
    }

    @Test func `a body must keep to its rate, and a burst earns nothing`() {
        var limits = HTTPLimits()
        limits.bodyRate = 100
        let share = String(repeating: "a", count: limits.bodyBytesPerWindow)
        var run = ConnectionRun(limits: limits)
        run.send(.post("/a", "", length: 1000))
        run.pass(limits.bodyWindow - .nanoseconds(1))
        run.send(share)
        run.pass(limits.bodyWindow - .nanoseconds(1))
        #expect(run.timeouts.isEmpty)
        run.pass(.nanoseconds(1))
        #expect(run.timeouts == [.body])
        #expect(run.statuses == [408])

        var slow = ConnectionRun(limits: limits)
        slow.send(.post("/a", "", length: 1000))
        slow.pass(limits.bodyWindow / 2)
        slow.send(String(share.dropLast()))
        slow.pass(limits.bodyWindow / 2)
        #expect(slow.timeouts == [.body])
    }

    @Test func `an answer must move, and a request in hand is not hurried`() {
        var run = ConnectionRun()
        run.send(.get("/later"))
        run.pass(.seconds(3600))
        run.room = 10
        run.reply()
        run.pass(Self.limits.writeDeadline - .nanoseconds(1))
        run.write()
        run.pass(Self.limits.writeDeadline - .nanoseconds(1))
        #expect(run.timeouts.isEmpty)
        run.room = 0
        run.write()
        run.pass(.nanoseconds(1))
        #expect(run.timeouts == [.write])
        #expect(run.connection.isClosed)
    }

    @Test func `lingering has an end, in bytes and in time`() {
        var limits = HTTPLimits()
        limits.lingerBytes = 1000
        var run = ConnectionRun(limits: limits)
        run.send(.get("/bad") + String(repeating: "x", count: 20_000))
        #expect(run.connection.isClosed)

        var quiet = ConnectionRun()
        quiet.send(.get("/bad"))
        quiet.pass(Self.limits.lingerDeadline)
        #expect(quiet.connection.isClosed)
        #expect(quiet.timeouts.isEmpty)
    }

    // MARK: - Draining

    @Test func `a drain closes who has asked nothing more, and answers who has`() {
        var used = ConnectionRun()
        used.send(.get("/a"))
        used.drain()
        #expect(used.connection.isClosed)

        var asking = ConnectionRun()
        asking.arrive(.get("/a"))
        asking.drain()
        #expect(asking.statuses == [200])
        #expect(asking.hasEndedOutput)

        var busy = ConnectionRun()
        busy.send(.get("/later") + .get("/b"))
        busy.drain()
        busy.reply()
        busy.run()
        #expect(busy.requests == ["GET /later "])
        #expect(busy.hasEndedOutput)

        var fresh = ConnectionRun()
        fresh.drain()
        #expect(!fresh.connection.isClosed)
        fresh.pass(.seconds(1))
        #expect(fresh.connection.isClosed)
    }
}
