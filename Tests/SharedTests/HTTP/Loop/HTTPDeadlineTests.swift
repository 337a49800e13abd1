import HTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct HTTPDeadlineTests {
    @Test func `a head that drips is cut off though it never stops`() async throws {
        var limits = HTTPLimits.quick
        limits.headDeadline = .milliseconds(200)
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            let start = ContinuousClock.now
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
            // What is sent after the cut-off may meet a closed socket.
            while server.server.statistics.timeouts.isEmpty {
                try await client.send("a")
                try await Task.sleep(for: .milliseconds(20))
            }
            let answer = try await client.answer()
            #expect(answer.status == 408)
            #expect(answer.closes)
            #expect(ContinuousClock.now - start > .milliseconds(180))
            #expect(server.events == [.timedOut(.head, address: "127.0.0.1")])
        }
    }

    @Test func `a connection without a request is closed without a word`() async throws {
        var limits = HTTPLimits.quick
        limits.idleDeadline = .milliseconds(50)
        try await TestServer.run(limits) { server in
            let fresh = try TestClient(port: server.port)
            let used = try TestClient(port: server.port)
            try await used.send(HTTPServerTests.get)
            #expect(try await used.answer().status == 200)
            #expect(try await fresh.rest() == "")
            #expect(try await used.rest() == "")
            #expect(server.server.statistics.timeouts == [.idle: 2])
        }
    }

    @Test func `a body that stays away is cut off and abandoned`() async throws {
        var limits = HTTPLimits.quick
        limits.bodyWindow = .milliseconds(100)
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            #expect(try await client.answer().status == 408)
            #expect(shelf.abandonedPaths == ["/slow"])
            #expect(server.events == [.timedOut(.body, address: "127.0.0.1")])
        }
    }

    @Test func `a body that drips below the rate is cut off`() async throws {
        var limits = HTTPLimits.quick
        limits.bodyWindow = .milliseconds(100)
        limits.bodyRate = 10_000
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
            while server.server.statistics.timeouts.isEmpty {
                try await client.send("a")
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await client.answer().status == 408)
        }
    }

    @Test func `a body that came fast has earned no time to fall silent`() async throws {
        var limits = HTTPLimits.quick
        limits.bodyWindow = .milliseconds(200)
        limits.bodyRate = 100
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            let start = ContinuousClock.now
            // At this rate it would have been worth 3 hours.
            let burst = String(repeating: "a", count: 1_000_000)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n" + burst)
            #expect(try await client.answer().status == 408)
            #expect(ContinuousClock.now - start < .seconds(8))
        }
    }

    @Test func `a body that keeps to the rate has all the time it needs`() async throws {
        var limits = HTTPLimits.quick
        limits.bodyWindow = .milliseconds(300)
        limits.bodyRate = 100
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            for _ in 1...20 {
                try await client.send(String(repeating: "a", count: 50))
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await client.answer().body == "HIT POST / HTTP/1.1 1000\n")
        }
    }

    @Test func `a client that does not read its answer is cut off`() async throws {
        var limits = HTTPLimits.quick
        limits.writeDeadline = .milliseconds(100)
        let body = [UInt8](repeating: 97, count: 16_000_000)
        let service = HTTPService { _ in .respond(HTTPResponse(status: 200, body: body)) }
        try await TestServer.run(limits, service: service) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(HTTPServerTests.get)
            try await server.until { $0.open == 0 && $0.accepted == 1 }
            #expect(server.events == [.timedOut(.write, address: "127.0.0.1")])
            withExtendedLifetime(client) {}
        }
    }

    @Test func `a request in hand is not hurried`() async throws {
        var limits = HTTPLimits.quick
        limits.headDeadline = .milliseconds(20)
        limits.bodyWindow = .milliseconds(20)
        limits.idleDeadline = .milliseconds(20)
        let shelf = ReplyShelf()
        try await TestServer.run(limits, service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            let reply = try await shelf.take("/wait")
            try await Task.sleep(for: .milliseconds(200))
            reply.send(.text(200, "late"))
            #expect(try await client.answer().body == "late")
        }
    }
}
