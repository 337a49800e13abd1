import HTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct HTTPReplyTests {
    @Test func `a reply that is dropped answers 500`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await shelf.take("/x")
            #expect(try await client.answer().status == 500)
        }
    }

    @Test func `only the first answer counts`() async throws {
        let shelf = ReplyShelf()
        try await TestServer.run(service: .held(by: shelf)) { server in
            let client = try TestClient(port: server.port)
            try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            let reply = try await shelf.take("/x")
            reply.send(.text(200, "first"))
            reply.send(.text(200, "second"))
            #expect(try await client.answer().body == "first")
            try await client.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")
            try await shelf.take("/y").send(.text(200, "third"))
            #expect(try await client.answer().body == "third")
        }
    }

    @Test func `replies from other threads all arrive`() async throws {
        let service = HTTPService { head in .receive(into: DetachedSink(head.path), limit: 0) }
        try await TestServer.run(service: service) { server in
            let port = server.port
            try await withThrowingTaskGroup { group in
                for client in 1...8 {
                    group.addTask {
                        let connection = try TestClient(port: port)
                        for number in 1...500 {
                            try await connection.send("GET /\(client)/\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                            let answer = try await connection.answer()
                            #expect(answer.body == "/\(client)/\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.server.statistics.answers == [200: 4000])
        }
    }
}

/// Answers from whatever thread a detached task runs on.
private final class DetachedSink: HTTPBodySink {
    private let path: String

    init(_ path: String) { self.path = path }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? { nil }

    func finish(_ reply: HTTPReply) {
        Task.detached { [path] in reply.send(.text(200, path)) }
    }

    func abandon() {}
}
