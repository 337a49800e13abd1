import Dispatch
import HTTP
import Synchronization
import Testing

/// Whether a server can tell that all of its loops move.
@Suite(.timeLimit(.minutes(10))) struct HTTPPingTests {
    @Test func `idle loops answer at once`() async throws {
        try await TestServer.run(loops: 3) { server in
            for _ in 1...100 { await server.server.ping() }
        }
    }

    @Test func `a loop that hangs does not answer until it moves again`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let (hung, hang) = AsyncStream<Void>.makeStream()
        let service = HTTPService { _ in
            hang.yield()
            gate.wait()
            return .respond(.text(200, "late"))
        }
        try await TestServer.run(service: service) { server in
            let client = try TestClient(port: server.port)
            try await client.send(HTTPServerTests.get)
            for await _ in hung { break }
            let answered = Mutex(false)
            let asking = Task {
                await server.server.ping()
                answered.withLock { $0 = true }
            }
            // A loop that moves takes microseconds.
            try await Task.sleep(for: .milliseconds(300))
            #expect(answered.withLock { !$0 })
            gate.signal()
            await asking.value
            #expect(try await client.answer().body == "late")
        }
    }

    @Test func `a server that has ended, or ends meanwhile, holds nobody up`() async throws {
        let (server, task) = try TestServer.start(service: .hits)
        let asking = Task { for _ in 1...1000 { await server.server.ping() } }
        task.cancel()
        await task.value
        await asking.value
        await server.server.ping()
    }
}
