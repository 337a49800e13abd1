import Glibc
import HTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct HTTPServerTests {
    static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `a connection carries one request after another`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            for number in 1...3 {
                try await client.send("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                let answer = try await client.answer()
                #expect(answer.status == 200)
                #expect(answer.body == "HIT POST /\(number) HTTP/1.1 2\n")
                #expect(answer.head.contains("\r\nX-Content-Type-Options: nosniff"))
                #expect(!answer.closes)
            }
            #expect(server.server.statistics.answers == [200: 3])
            #expect(server.server.statistics.accepted == 1)
        }
    }

    @Test func `requests sent ahead are answered in order`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            let count = 2000
            // Together they are larger than what is read ahead, so that reading has to stop and go on.
            try await client.send((1...count).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 1...count {
                #expect(try await client.answer().body == "HIT GET /\(number) HTTP/1.1 0\n")
            }
        }
    }

    @Test func `who sends many requests ahead takes turns with others`() async throws {
        let work = Duration.milliseconds(2)
        let service = HTTPService { head in
            usleep(UInt32(work / .microseconds(1)))
            return .respond(.text(200, head.path))
        }
        try await TestServer.run(loops: 1, service: service) { server in
            let greedy = try TestClient(port: server.port)
            let other = try TestClient(port: server.port)
            try await other.send(Self.get)
            #expect(try await other.answer().status == 200)
            // More than a second of work, and little enough to be read at once.
            let count = 500
            try await greedy.send((1...count).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            try await server.until { $0.answers[200, default: 0] > 10 }
            try await other.send(Self.get)
            #expect(try await other.answer().body == "/a")
            #expect(server.server.statistics.answers[200, default: 0] < count, "answered before the rest")
            for number in 1...count { #expect(try await greedy.answer().body == "/\(number)") }
        }
    }

    @Test func `who sent requests ahead and closed its side gets all answers`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send((1...50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            await client.finishSending()
            for number in 1...50 { #expect(try await client.answer().body == "HIT GET /\(number) HTTP/1.1 0\n") }
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a request sent ahead waits for the answer before it`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            let first = try await shelf.take("/1")
            #expect(server.server.statistics.answers.isEmpty)
            first.send(.text(200, "one"))
            try await shelf.take("/2").send(.text(200, "two"))
            #expect(try await client.answer().body == "one")
            #expect(try await client.answer().body == "two")
        }
    }

    @Test func `a body in chunks arrives whole`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = String(repeating: "x", count: 100_000)
            for _ in 1...20 { try await client.send("186A0\r\n\(chunk)\r\n") }
            try await client.send("0\r\n\r\n")
            #expect(try await client.answer().body == "HIT POST /c HTTP/1.1 2000000\n")
            #expect(server.server.statistics.bodyBytes == 2_000_000)
        }
    }

    @Test func `a body of 25 MiB arrives whole`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 26214400\r\n\r\n")
            try await client.send([UInt8](repeating: 120, count: 26_214_400))
            #expect(try await client.answer().body == "HIT POST /b HTTP/1.1 26214400\n")
        }
    }

    @Test func `an answer larger than the socket takes arrives whole`() async throws {
        let body = [UInt8](repeating: 97, count: 8_000_000)
        let service = HTTPService { _ in .respond(HTTPResponse(status: 200, body: body)) }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(Self.get + Self.get)
            #expect(try await client.answer().body.utf8.count == body.count)
            #expect(try await client.answer().body.utf8.count == body.count)
        }
    }

    @Test func `HEAD is answered without a body, and says how long it would be`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            let answer = try await client.answer(hasBody: false)
            #expect(answer.head.contains("\r\nContent-Length: 23"))
            #expect(try await client.answer().body == "HIT GET /a HTTP/1.1 0\n")
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n",
    ])
    func `a client that wants the connection closed gets it closed`(request: String) async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send(request + Self.get)
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.closes)
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a connection closes after its last allowed request`() async throws {
        var limits = HTTPLimits.quick
        limits.requestsPerConnection = 2
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            try await client.send(Self.get + Self.get + Self.get)
            #expect(try await client.answer().closes == false)
            #expect(try await client.answer().closes)
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a bad request is told why, and nothing after it is served`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n" + Self.get)
            let answer = try await client.answer()
            #expect(answer.status == 400)
            #expect(answer.closes)
            #expect(answer.head.contains("Content-Type: application/json"))
            #expect(
                answer.body == #"{"error":"bad_field","detail":"A header field must be a name, a colon without a space"#
                    + #" before it, and a value."}"#
            )
            #expect(try await client.rest() == "")
            #expect(server.events == [.refusedRequest(.field, address: "127.0.0.1")])
        }
    }

    @Test func `the client is who a trusted proxy says, and the peer otherwise`() async throws {
        let service = HTTPService { head in .respond(.text(200, "\(head.peer) \(head.client)")) }
        let request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send(request)
            #expect(try await client.answer().body == "127.0.0.1 127.0.0.1")
        }
        var limits = HTTPLimits.quick
        limits.trustedProxies = try IPNetwork.list("127.0.0.0/8")
        try await TestServer.run(limits, service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send(request)
            #expect(try await client.answer().body == "127.0.0.1 203.0.113.9")
        }
    }

    @Test func `an address where somebody listens is refused, and who listens there is named`() throws {
        for host in ["127.0.0.1", "[::1]"] {
            let server = try HTTPServer(listen: ListenAddress("\(host):0"), loops: 2, service: .hits)
            let address = "\(host):\(server.port)"
            let error = #expect(throws: HTTPServerError.self) {
                _ = try HTTPServer(listen: ListenAddress(address), loops: 1, service: .hits)
            }
            let text = try #require(error?.description)
            #expect(text.hasPrefix("cannot listen on \(address): the address is in use by "))
            #expect(text.hasSuffix(", pid \(getpid())"))
        }
    }

    @Test func `an address that is taken is named`() async throws {
        try await TestServer.run { server in
            // A range of another family cannot be bound to: 192.0.2.1 is nobody's (RFC 5737).
            let error = #expect(throws: HTTPServerError.self) {
                _ = try HTTPServer(listen: ListenAddress("192.0.2.1:\(server.port)"), loops: 1, service: .hits)
            }
            #expect(error?.call == "bind")
            #expect(error?.description.hasPrefix("cannot listen on 192.0.2.1:\(server.port): bind: ") == true)
        }
    }

    @Test func `an IPv6 address can be listened on`() async throws {
        let server = try HTTPServer(listen: ListenAddress("[::1]:0"), loops: 2, service: .hits)
        #expect(server.port > 0)
    }
}
