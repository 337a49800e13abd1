import Foundation
import Glibc
import HTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct HTTPConnectionLimitTests {
    @Test func `an address may have so many connections and gets another when one ends`() async throws {
        var limits = HTTPLimits.quick
        limits.connectionsPerAddress = 2
        try await TestServer.run(limits) { server in
            var clients = try (1...2).map { _ in try TestClient(port: server.port) }
            try await server.until { $0.open == 2 }
            let third = try TestClient(port: server.port)
            #expect(try await third.answer().status == 503)
            #expect(server.events == [.refusedConnection(.perAddress, address: "127.0.0.1")])

            clients.removeLast()
            try await server.until { $0.open == 1 }
            let fourth = try TestClient(port: server.port)
            try await fourth.send(HTTPServerTests.get)
            #expect(try await fourth.answer().status == 200)
            withExtendedLifetime(clients) {}
        }
    }

    @Test func `a trusted proxy may have more, up to the total`() async throws {
        var limits = HTTPLimits.quick
        limits.connectionsPerAddress = 1
        limits.connections = 3
        limits.trustedProxies = try IPNetwork.list("127.0.0.1")
        try await TestServer.run(limits) { server in
            let clients = try (1...3).map { _ in try TestClient(port: server.port) }
            try await server.until { $0.open == 3 }
            let fourth = try TestClient(port: server.port)
            #expect(try await fourth.answer().status == 503)
            #expect(server.events == [.refusedConnection(.total, address: "127.0.0.1")])
            withExtendedLifetime(clients) {}
        }
    }

    @Test func `a thousand idle connections cost little and disturb nobody`() async {
        // In a process of its own: the memory of other tests must not count.
        await #expect(processExitsWith: .success) {
            var limits = HTTPLimits.quick
            limits.connectionsPerAddress = 2000
            try await TestServer.run(limits) { server in
                let before = try residentBytes()
                let clients = try (1...1000).map { _ in try TestClient(port: server.port) }
                // Each has sent a part of a head, which has to be kept.
                for client in clients { try await client.send("GET / HTTP/1.1\r\nX: ") }
                try await server.until { $0.open == 1000 }
                let active = try TestClient(port: server.port)
                try await active.send(HTTPServerTests.get)
                guard try await active.answer().status == 200 else { exit(3) }
                // The clients live in this process too.
                let cost = try residentBytes() - before
                print("1000 idle connections and their clients: \(cost / 1024) kB")
                guard cost < 16 * 1024 * 1024 else { exit(4) }
                withExtendedLifetime(clients) {}
            }
            exit(0)
        }
    }

    @Test func `a process out of descriptors backs off and recovers`() async {
        // In a process of its own: the limit would starve every other test.
        await #expect(processExitsWith: .success) {
            var limits = HTTPLimits.quick
            limits.acceptBackOff = .milliseconds(20)
            try await TestServer.run(limits) { server in
                let warm = try TestClient(port: server.port)
                try await warm.send(HTTPServerTests.get)
                _ = try await warm.answer()
                var clients = try (1...4).map { _ in try TestClient(port: server.port) }
                try await server.until { $0.open == 5 }
                // Dispatch makes a descriptor for its first timer, and ends the process when there is none left.
                try await Task.sleep(for: .milliseconds(1))
                // Take every descriptor there is, and give one back for the client; the runtime may be faster to take it.
                var limit = rlimit(rlim_cur: 128, rlim_max: 128)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                var taken: [Int32] = []
                while case let next = open("/dev/null", O_RDONLY), next >= 0 { taken.append(next) }
                var client: TestClient?
                while client == nil, let one = taken.popLast() {
                    close(one)
                    client = try? TestClient(port: server.port, patience: 2)
                }
                guard let starved = client else { exit(8) }
                try await server.until { $0.acceptFailures > 0 }
                // Turned away with the spare descriptor instead of left hanging.
                do {
                    guard try await starved.rest() == "" else { exit(3) }
                } catch is TestClient.Silence {
                    exit(7)
                } catch {}
                // The connections that were there go on.
                try await warm.send(HTTPServerTests.get)
                guard try await warm.answer().status == 200 else { exit(4) }
                clients = []
                try await server.until { $0.open == 1 }
                let late = try TestClient(port: server.port)
                try await late.send(HTTPServerTests.get)
                guard try await late.answer().status == 200 else { exit(5) }
                guard server.events.contains(.cannotAccept(code: EMFILE)) else { exit(6) }
                withExtendedLifetime(clients) {}
            }
            exit(0)
        }
    }
}

private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
}
