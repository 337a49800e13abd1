import HTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct HTTPDrainTests {
    @Test func `a cancelled server answers what is in hand, closes what is idle and returns`() async throws {
        let shelf = ReplyShelf()
        let (server, task) = try TestServer.start(service: .held(by: shelf))
        let idle = try TestClient(port: server.port)
        try await idle.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
        try await shelf.take("/idle").send(.text(200, ""))
        #expect(try await idle.answer().closes == false)
        let busy = try TestClient(port: server.port)
        try await busy.send("POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        let reply = try await shelf.take("/busy")

        task.cancel()
        #expect(try await idle.rest() == "")
        try await server.untilRefusing()
        reply.send(.text(200, "done"))
        let answer = try await busy.answer()
        #expect(answer.body == "done")
        #expect(answer.closes)
        #expect(try await busy.rest() == "")
        await task.value
        #expect(server.server.statistics.open == 0)
    }

    @Test func `a body on its way may still arrive`() async throws {
        let (server, task) = try TestServer.start(service: .hits)
        let client = try TestClient(port: server.port)
        try await client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhi")
        try await server.until { $0.bodyBytes == 2 }
        task.cancel()
        try await server.untilRefusing()
        try await client.send("ho")
        let answer = try await client.answer()
        #expect(answer.body == "HIT POST /b HTTP/1.1 4\n")
        #expect(answer.closes)
        #expect(try await client.rest() == "")
        await task.value
    }

    @Test func `a client that connected before the end is served`() async throws {
        let (server, task) = try TestServer.start(service: .hits)
        let client = try TestClient(port: server.port)
        task.cancel()
        try await server.untilRefusing()
        try await client.send(HTTPServerTests.get)
        let answer = try await client.answer()
        #expect(answer.body == "HIT GET /a HTTP/1.1 0\n")
        #expect(answer.closes)
        #expect(try await client.rest() == "")
        await task.value
    }

    @Test func `the drain deadline cuts off what does not end`() async throws {
        var limits = HTTPLimits.quick
        limits.drainDeadline = .milliseconds(100)
        let shelf = ReplyShelf()
        let (server, task) = try TestServer.start(limits, service: .held(by: shelf))
        let client = try TestClient(port: server.port)
        try await client.send("POST /stuck HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        let reply = try await shelf.take("/stuck")
        task.cancel()
        await task.value
        #expect(try await client.rest() == "")
        #expect(server.events == [.cutOff(connections: 1)])
        reply.send(.text(200, "too late"))
    }

    @Test func `a server that is cancelled before it runs returns at once`() async throws {
        let server = try HTTPServer(listen: ListenAddress("127.0.0.1:0"), loops: 2, service: .hits)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await server.run()
        }
        await task.value
    }

    @Test func `a second server takes over the port`() async throws {
        let (old, oldTask) = try TestServer.start(service: .hits)
        let address = try ListenAddress("127.0.0.1:\(old.port)")
        let new = try HTTPServer(listen: address, sharesAddress: true, loops: 2, service: .hits)
        let newTask = Task { await new.run() }
        oldTask.cancel()
        await oldTask.value
        for _ in 1...20 {
            let client = try TestClient(port: old.port)
            try await client.send(HTTPServerTests.get)
            #expect(try await client.answer().status == 200)
        }
        #expect(new.statistics.accepted == 20)
        newTask.cancel()
        await newTask.value
    }
}
