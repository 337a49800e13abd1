import Glibc
import Testing

@testable import Base
@testable import HTTP

/// Bodies that are announced, refused, cut short or waited for.
@Suite(.timeLimit(.minutes(15))) struct HTTPBodyTests {
    @Test func `a body that is declared too large is refused before it comes`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 26214401\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.closes)
        }
    }

    @Test func `a client that sends a body too large before it reads still reads the 413`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
            try await client.send([UInt8](repeating: 120, count: 30_000_000))
            #expect(try await client.answer().status == 413)
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a body that grows too large in chunks is refused`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = [UInt8](repeating: 120, count: 1 << 20)
            for _ in 1...26 {
                try await client.send("100000\r\n")
                try await client.send(chunk)
                try await client.send("\r\n")
            }
            #expect(try await client.answer().status == 413)
            #expect(server.server.statistics.bodyBytes <= 26_214_400)
        }
    }

    @Test func `lingering ends after so many bytes`() async throws {
        var limits = HTTPLimits.quick
        limits.lingerBytes = 100_000
        limits.lingerDeadline = .seconds(60)
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
            await #expect(throws: TestClient.Gone.self) {
                for _ in 1...100 { try await client.send([UInt8](repeating: 120, count: 1 << 20)) }
            }
        }
    }

    @Test func `lingering ends after its time`() async throws {
        var limits = HTTPLimits.quick
        limits.lingerDeadline = .milliseconds(50)
        try await TestServer.run(limits) { server in
            let client = try TestClient(port: server.port)
            try await client.send("nonsense\r\n\r\n")
            #expect(try await client.answer().status == 400)
            try await server.until { $0.open == 0 }
            withExtendedLifetime(client) {}
        }
    }

    @Test func `the body is asked for once the head is admitted`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            try await client.expect("HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("hello")
            #expect(try await client.answer().body == "HIT POST /e HTTP/1.1 5\n")
        }
    }

    @Test func `a body too large is not asked for`() async throws {
        try await TestServer.run { server in
            let client = try TestClient(port: server.port)
            try await client.send(
                "POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.answer().status == 413)
        }
    }

    @Test func `an answer before the body closes the connection`() async throws {
        let service = HTTPService { _ in .respond(.error(404, code: "not_found", detail: "There is nothing here.")) }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            let body = HTTPServerTests.get
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = try await client.answer()
            #expect(answer.status == 404)
            #expect(answer.closes)
            #expect(try await client.rest() == "")
        }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send(HTTPServerTests.get + HTTPServerTests.get)
            #expect(try await client.answer().closes == false)
            #expect(try await client.answer().status == 404)
        }
    }

    @Test func `a sink may refuse in the middle of a body`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            let answer = try await client.answer()
            #expect(answer.status == 503)
            #expect(answer.closes)
            #expect(shelf.abandonedPaths.isEmpty)
        }
    }

    @Test func `a body may be ended from elsewhere while it is waited for, and only then`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
            let reply = try await shelf.take("/1")
            let first = try #require(shelf.arrival("/1"))
            #expect(first.sender.description == "127.0.0.1")
            // An answer that nobody gets is not even made: whoever makes one counts it.
            let made = Counter()
            let late: @Sendable () -> HTTPResponse = {
                made.add()
                return .error(503, code: "late", detail: "Too late.")
            }
            first.end(with: late)
            reply.send(.text(200, "one"))
            #expect(try await client.answer().body == "one")

            try await client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            try await server.until { $0.bodyBytes == 7 }
            first.end(with: late)
            try #require(shelf.arrival("/2")).end { .error(503, code: "room", detail: "Make room.") }
            let answer = try await client.answer()
            #expect(answer.status == 503)
            #expect(answer.body.contains("room"))
            #expect(answer.closes)
            #expect(shelf.abandonedPaths == ["/2"])
            #expect(try await client.rest() == "")
            #expect(made.value == 0)
        }
    }

    @Test func `after a 400 of the service nothing more is parsed`() async throws {
        let service = HTTPService { head in
            .respond(head.path == "/bad" ? .error(400, code: "bad", detail: "Bad.") : .text(200, "good"))
        }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET /bad HTTP/1.1\r\nHost: a\r\n\r\nGET /good HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 400)
            #expect(answer.closes)
            #expect(try await client.rest() == "")
            #expect(server.server.statistics.answers == [400: 1])
        }
    }

    @Test func `a body cut short is abandoned, not dispatched`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /short HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            await client.finishSending()
            #expect(try await client.rest() == "")
            #expect(shelf.abandonedPaths == ["/short"])
            #expect(server.server.statistics.answers.isEmpty)
        }
    }

    @Test func `a client that has sent all it will still gets its answer`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            let reply = try await shelf.take("/half")
            await client.finishSending()
            reply.send(.text(200, "done"))
            #expect(try await client.answer().body == "done")
            #expect(try await client.rest() == "")
        }
    }

    @Test func `a client that vanished is let go of, and a late reply reaches nobody else`() async {
        // In a process of its own, where the next connection is sure to get the same descriptor.
        await #expect(processExitsWith: .success) {
            let shelf = ReplyShelf()
            try await TestServer.run(loops: 1, service: .held(by: shelf)) { server in
                let client = try TestClient(port: server.port)
                try await client.send("POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
                let reply = try await shelf.take("/gone")
                await client.reset()
                try await server.until { $0.open == 0 }
                let next = try TestClient(port: server.port)
                try await next.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                let nextReply = try await shelf.take("/next")
                reply.send(.text(200, "late"))
                nextReply.send(.text(200, "mine"))
                guard try await next.answer().body == "mine" else { exit(3) }
            }
            exit(0)
        }
    }

    @Test func `a client that resets in the middle of its answer ends nothing else`() async throws {
        let body = [UInt8](repeating: 97, count: 8_000_000)
        let service = HTTPService { _ in .respond(HTTPResponse(status: 200, body: body)) }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(HTTPServerTests.get)
            try await server.until { $0.answers == [200: 1] }
            await client.reset()
            try await server.until { $0.open == 0 }
        }
    }
}
