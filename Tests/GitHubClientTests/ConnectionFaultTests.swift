import Base
import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// What becomes of connections: who shares them, when they end, and what that does to the calls on them.
@Suite(.timeLimit(.minutes(10))) struct ConnectionFaultTests {
    private static let issue = Sample.issue(1)
    private static let broken = "the connection broke before the whole answer was here"

    private static func create(_ client: GitHubClient) async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.createIssue(in: .hello, title: "T", body: "B") }
    }

    @Test func `a write never goes over a connection that another request used`() async throws {
        try await FakeServer.run({ _ in .answer(200, [:], Self.issue) }) { server in
            let client = try GitHubClient.of(server)
            _ = try await client.issue(1, in: .hello)
            _ = try await client.issue(1, in: .hello)
            _ = try await client.createIssue(in: .hello, title: "T", body: "B")
            _ = try await client.updateIssue(1, in: .hello, IssueChange())
            _ = try await client.issue(1, in: .hello)
            #expect(server.requests.map(\.connection) == [0, 0, 1, 2, 0])
        }
    }

    @Test func `a connection that the server closed between two reads is no fault`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.issue.utf8.count)\r\n\r\n\(Self.issue)"
        try await FakeServer.run({ _ in .bytes(answer) }) { server in
            let client = try GitHubClient.of(server)
            for _ in 0..<20 { _ = try await client.issue(1, in: .hello) }
            #expect(server.requests.map(\.connection) == Array(0..<20))
        }
    }

    /// The server reads it, so that libcurl cannot know beforehand.
    @Test func `a read that meets the end of a kept connection is sent again, a write is not`() async throws {
        let handler: FakeServer.Handler = { request in
            request.isFirst && request.method == "GET" ? .answer(200, [:], Self.issue) : .close
        }
        try await FakeServer.run(handler) { server in
            let client = try GitHubClient.of(server)
            _ = try await client.issue(1, in: .hello)
            _ = try await client.issue(1, in: .hello)
            #expect(server.requests.map(\.connection) == [0, 0, 1])
            #expect(await Self.create(client) == .outcomeUnknown(Self.broken))
            #expect(server.requests.filter { $0.method == "POST" }.count == 1)
        }
    }

    @Test func `a server that closes each connection at once may have got the request`() async throws {
        try await FakeServer.run(welcomes: false, { _ in .close }) { server in
            let client = try GitHubClient.of(server)
            for _ in 0..<20 {
                let read = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                #expect(read == .transient(Self.broken))
                #expect(await Self.create(client) == .outcomeUnknown(Self.broken))
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a server that nobody reaches did nothing`() async throws {
        let port = try await FakeServer.run({ _ in .close }) { $0.port }
        let config = GitHubConfig(
            address: try APIAddress("http://127.0.0.1:\(port)"),
            credentials: .token(Secret("ghp_test"))
        )
        let client = GitHubClient(config, APITransport(config.address), sharing: nil)
        #expect(await Self.create(client) == .transient("there is no connection"))
    }

    @Test func `a server whose connections never come about did nothing`() async throws {
        let queue = try FullQueue()
        let config = GitHubConfig(
            address: try APIAddress("http://127.0.0.1:\(queue.port)"),
            credentials: .token(Secret("ghp_test"))
        )
        let client = GitHubClient(config, APITransport(config.address), sharing: nil, limit: .milliseconds(300))
        #expect(await Self.create(client) == .transient("there was no whole answer in time"))
        let call = Task { await Self.create(GitHubClient(config, APITransport(config.address), sharing: nil)) }
        try await Task.sleep(for: .milliseconds(100))
        call.cancel()
        #expect(await call.value == .cancelled)
    }

    @Test func `a server that cannot prove who it is gets nothing`() async throws {
        let server = try StrangeTLSServer()
        defer { server.stop() }
        let config = GitHubConfig(
            address: try APIAddress("https://127.0.0.1:\(server.port)"),
            credentials: .token(Secret("ghp_test"))
        )
        let client = GitHubClient(config, APITransport(config.address), sharing: nil)
        #expect(await Self.create(client) == .transient("the server's certificate is not trusted"))
    }

    @Test func `interim heads are not the answer`() async throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nETag: \"0\"\r\n\r\n"
        let answer = "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: \(Self.issue.utf8.count)\r\n\r\n\(Self.issue)"
        try await FakeServer.run({ _ in .bytes(interim + answer) }) { server in
            let client = try GitHubClient.of(server)
            let answer = try await client.issue(1, in: .hello)
            #expect(answer.content.content?.issue.number == 1 && answer.etag == nil)
            _ = try await client.createIssue(in: .hello, title: "T", body: String(repeating: "x", count: 3_000_000))
            #expect(server.requests.allSatisfy { $0.fields["expect"] == nil })
        }
    }

    @Test func `a field is a list of all its lines, and is not taken if it could end its line`() async throws {
        let lines = "eTag:\t\"1\"  \r\nX-RateLimit-Limit: 1\rx\r\nLINK: </b>; rel=\"next\"\r\nlink: <a>; rel=\"x\"\r\n"
        try await FakeServer.run({ _ in .bytes("HTTP/1.1 200 OK\r\n\(lines)\r\n[]") }) { server in
            let session = HTTPSession()
            let request = HTTPRequest(method: .get, url: server.origin, fields: [], body: nil)
            let answer = try await session.send(request, until: .now + .seconds(5), maximumBytes: 100)
            #expect(answer.fields["etag"] == "\"1\"" && answer.fields["x-ratelimit-limit"] == nil)
            #expect(answer.fields.link("next")?.path == "/b" && answer.status == 200 && answer.body == Array("[]".utf8))
        }
    }

    @Test func `many calls are under way at once, and each gets its own answer`() async throws {
        let count = 50
        let arrived = Mutex(0)
        let handler: FakeServer.Handler = { request in
            arrived.withLock { $0 += 1 }
            // None is answered before all are here.
            while arrived.withLock({ $0 }) < count { usleep(1000) }
            return .answer(200, [:], Sample.issue(Int(request.path.split(separator: "/").last ?? "") ?? 0))
        }
        try await FakeServer.run(handler) { server in
            let client = try GitHubClient.of(server)
            try await withThrowingTaskGroup(of: (Int64, Int64?).self) { group in
                for number in 1...Int64(count) {
                    group.addTask { (number, try await client.issue(number, in: .hello).content.content?.issue.number) }
                }
                for try await (asked, got) in group { #expect(asked == got) }
            }
            #expect(server.requests.count == count)
        }
    }

    @Test func `calls that are cancelled at any moment end, and leave the others alone`() async throws {
        let handler: FakeServer.Handler = { request in
            let number = Int(request.path.split(separator: "/").last ?? "") ?? 0
            return .late(number % 7, .answer(200, [:], Sample.issue(number)))
        }
        try await FakeServer.run(handler) { server in
            let client = try GitHubClient.of(server)
            await withTaskGroup { group in
                for number in 1...200 {
                    group.addTask {
                        let call = Task {
                            await error { () throws(GitHubError) in
                                let answer = try await client.issue(Int64(number), in: .hello)
                                #expect(answer.content.content?.issue.number == Int64(number))
                            }
                        }
                        guard number.isMultiple(of: 2) else {
                            #expect(await call.value == nil)
                            return
                        }
                        try? await Task.sleep(for: .microseconds(number * 50))
                        call.cancel()
                        let failure = await call.value
                        #expect(failure == nil || failure == .cancelled)
                    }
                }
            }
        }
    }

    @Test func `a client that is gone leaves no connection`() async throws {
        try await FakeServer.run({ _ in .answer(200, [:], Self.issue) }) { server in
            for _ in 0..<5 {
                let client = try GitHubClient.of(server)
                _ = try await client.issue(1, in: .hello)
                #expect(server.openConnections >= 1)
            }
            let deadline = ContinuousClock.now + .seconds(10)
            while server.openConnections > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(server.openConnections == 0)
        }
    }
}
