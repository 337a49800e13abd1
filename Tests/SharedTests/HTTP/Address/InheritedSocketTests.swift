import Glibc
import Synchronization
import Testing

@testable import Base
@testable import HTTP

/// Sockets that a service manager hands over.
@Suite(.timeLimit(.minutes(10))) struct InheritedSocketTests {
    private static func listener(_ type: __socket_type = SOCK_STREAM, listening: Bool = true) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0)
        if listening { try #require(listen(descriptor, 16) == 0) }
        return descriptor
    }

    @Test func `what was not handed to this process is left alone`() throws {
        #expect(try InheritedSocket(Environment(["LISTEN_FDS": "1"])) == nil)
        #expect(try InheritedSocket(Environment(["LISTEN_FDS": "1", "LISTEN_PID": "1"])) == nil)
        #expect(try InheritedSocket(Environment(["LISTEN_FDS": "0", "LISTEN_PID": String(getpid())])) == nil)
    }

    @Test func `more than one socket is refused`() throws {
        let problem = Environment.Problem("LISTEN_FDS is 2, expected one socket with one ListenStream= in its unit")
        #expect(throws: problem) {
            try InheritedSocket(Environment(["LISTEN_FDS": "2", "LISTEN_PID": String(getpid())]))
        }
    }

    @Test func `a descriptor that does not listen for TCP is refused`() throws {
        let datagram = try Self.listener(SOCK_DGRAM, listening: false)
        let bound = try Self.listener(listening: false)
        let file = open("/dev/null", O_RDONLY)
        defer { for descriptor in [datagram, bound, file] { close(descriptor) } }
        for descriptor in [datagram, bound, file] {
            #expect(throws: Environment.Problem.self) { try InheritedSocket(descriptor) }
        }
    }

    @Test func `a server that ends leaves who waits to the next one on the same socket`() async throws {
        let descriptor = try Self.listener()
        defer { close(descriptor) }
        let inherited = try InheritedSocket(descriptor)
        let elsewhere = try ListenAddress("127.0.0.1:1")
        let first = try HTTPServer(listen: elsewhere, inherited: inherited, loops: 2, service: .hits)
        #expect(first.address == inherited.address)
        #expect(first.port > 1)
        let running = Task { await first.run() }
        let served = try TestClient(port: first.port)
        try await served.send(HTTPServerTests.get)
        #expect(try await served.answer().body == "HIT GET /a HTTP/1.1 0\n")
        running.cancel()
        await running.value
        #expect(first.statistics.accepted == 1)

        let waiting = try TestClient(port: first.port)
        try await waiting.send(HTTPServerTests.get)
        let second = try HTTPServer(listen: elsewhere, inherited: inherited, loops: 2, service: .hits)
        let again = Task { await second.run() }
        #expect(try await waiting.answer().body == "HIT GET /a HTTP/1.1 0\n")
        again.cancel()
        await again.value
    }

    @Test func `a server that drains does not turn round and round for those who wait`() async throws {
        let descriptor = try Self.listener()
        defer { close(descriptor) }
        let shelf = ReplyShelf()
        let held = HTTPService.held(by: shelf)
        let clock = Mutex(clockid_t())
        let service = HTTPService { head in
            clock.withLock { _ = pthread_getcpuclockid(pthread_self(), &$0) }
            return held.admit(head)
        }
        let server = try HTTPServer(
            listen: ListenAddress("127.0.0.1:1"),
            inherited: InheritedSocket(descriptor),
            limits: .quick,
            loops: 1,
            service: service
        )
        let running = Task { await server.run() }
        let busy = try TestClient(port: server.port)
        try await busy.send("POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        let reply = try await shelf.take("/busy")
        running.cancel()
        await server.ping()
        let waiting = try TestClient(port: server.port)
        try await waiting.send(HTTPServerTests.get)
        let before = Self.reading(clock.withLock { $0 })
        try await Task.sleep(for: .milliseconds(400))
        // A loop that its listener wakes again and again takes all the time it gets.
        #expect(Self.reading(clock.withLock { $0 }) - before < .milliseconds(40))
        reply.send(.text(200, "done"))
        #expect(try await busy.answer().body == "done")
        await running.value
        #expect(server.statistics.accepted == 1)
    }

    @Test func `a socket that somebody shuts down ends the server and says why`() async throws {
        let descriptor = try Self.listener()
        defer { close(descriptor) }
        let server = try HTTPServer(
            listen: ListenAddress("127.0.0.1:1"),
            inherited: InheritedSocket(descriptor),
            limits: .quick,
            loops: 2,
            service: .hits
        )
        let running = Task { await server.run() }
        let client = try TestClient(port: server.port)
        try await client.send(HTTPServerTests.get)
        #expect(try await client.answer().status == 200)
        shutdown(descriptor, Int32(SHUT_RDWR))
        await running.value
        #expect(server.fault?.call == "accept")
        #expect(server.fault?.code == EINVAL)
    }

    private static func reading(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
