import Base
import Foundation
import TestSupport
import Testing

@testable import GitHubClient

/// What can go wrong on the way, and that nothing takes longer than its deadline.
@Suite(.timeLimit(.minutes(10))) struct GitHubFaultTests {
    private static let limit: Duration = .seconds(1)
    private static let issue = Sample.issue(1)

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reaction: FakeServer.Reaction

        init(_ name: String, _ reaction: FakeServer.Reaction) {
            testDescription = name
            self.reaction = reaction
        }
    }

    /// After each of them nobody knows what the server did.
    static let faults: [Fault] = [
        Fault("the connection ends before the answer", .close),
        Fault("a chunk is cut off", .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"id\"")),
        Fault("a chunk has no size", .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n")),
        Fault("the answer is not HTTP", .bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        Fault("the answer has no head", .bytes(issue)),
        Fault("the status is no number", .bytes("HTTP/1.1 OK 200\r\nContent-Length: 2\r\n\r\n{}")),
        Fault("the status is no status", .bytes("HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}")),
        Fault("a line of the head is no field", .bytes("HTTP/1.1 200 OK\r\nhello\r\n\r\n{}")),
        Fault("there is a zero byte in the head", .bytes("HTTP/1.1 200 OK\r\nETag: \0\r\n\r\n\(issue)")),
        Fault("the body is not packed as it says", .answer(201, ["Content-Encoding": "gzip"], issue)),
        Fault("only an interim head comes", .bytes("HTTP/1.1 100 Continue\r\n\r\n")),
        Fault("the protocol changes", .bytes("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\(issue)")),
        Fault("the answer is not JSON", .answer(201, [:], "<html>Welcome</html>")),
        Fault("the answer is JSON of something else", .answer(201, [:], "{\"hello\":[1,2]}")),
        Fault("the answer is empty", .answer(201)),
        Fault("there is no answer", .hang()),
        Fault("the first line never ends", .hang("HTTP/1.1 20")),
        Fault("the head never ends", .hang("HTTP/1.1 200 OK\r\nX: ")),
        Fault("the body never ends", .hang("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")),
        Fault("the body comes slowly", .drip("HTTP/1.1 201 OK\r\nContent-Length: \(issue.utf8.count)\r\n\r\n\(issue)")),
        Fault("the answer is late", .late(2500, .answer(201, [:], issue))),
        Fault("the server fails", .answer(500, [:], "{\"message\":\"Server Error\"}")),
        Fault("the gateway fails", .answer(502, ["Content-Type": "text/html"], "<html>Unicorn!</html>")),
        Fault("the service is away", .answer(503, ["Retry-After": "5"])),
    ]

    @Test(arguments: faults) func `a read may be tried again`(fault: Fault) async throws {
        try await FakeServer.run({ _ in fault.reaction }) { server in
            let client = try GitHubClient.of(server, limit: Self.limit)
            let (error, duration) = await Self.timed { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            guard case .transient = error else {
                Issue.record("\(fault.testDescription): \(String(describing: error))")
                return
            }
            #expect(duration < .seconds(2))
        }
    }

    @Test(arguments: faults) func `whether a write created something is unknown`(fault: Fault) async throws {
        try await FakeServer.run({ _ in fault.reaction }) { server in
            let client = try GitHubClient.of(server, limit: Self.limit)
            let (error, duration) = await Self.timed { () throws(GitHubError) in
                try await client.createIssue(in: .hello, title: "T", body: "B")
            }
            guard case .outcomeUnknown = error else {
                Issue.record("\(fault.testDescription): \(String(describing: error))")
                return
            }
            #expect(duration < .seconds(2))
            #expect(server.requests.count == 1, "it was sent more than once")
        }
    }

    @Test(arguments: faults) func `a write that creates nothing may be tried again`(fault: Fault) async throws {
        try await FakeServer.run({ _ in fault.reaction }) { server in
            let client = try GitHubClient.of(server, limit: Self.limit)
            let error = await error { () throws(GitHubError) in try await client.deleteComment(5, in: .hello) }
            guard case .transient = error else {
                Issue.record("\(fault.testDescription): \(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: ["Bearer", "Basic realm=\"GitHub\"", "Digest realm=\"x\", nonce=\"y\"", ""])
    func `a 401 is told at once, whatever it asks for`(challenge: String) async throws {
        let fields = challenge.isEmpty ? [:] : ["WWW-Authenticate": challenge]
        try await FakeServer.run({ _ in .answer(401, fields, "{\"message\":\"Bad credentials\"}") }) { server in
            let client = try GitHubClient.of(server)
            let (error, duration) = await Self.timed { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(error == .unauthorized)
            #expect(duration < .seconds(2))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a cancelled call ends at once`() async throws {
        try await FakeServer.run({ _ in .hang() }) { server in
            let client = try GitHubClient.of(server, limit: .seconds(30))
            let read = Task { await error { () throws(GitHubError) in try await client.issue(1, in: .hello) } }
            let create = Task {
                await error { () throws(GitHubError) in try await client.createIssue(in: .hello, title: "", body: "") }
            }
            while server.requests.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
            let start = ContinuousClock.now
            read.cancel()
            create.cancel()
            #expect(await read.value == .cancelled)
            #expect(await create.value == .outcomeUnknown("the call was cancelled"))
            #expect(ContinuousClock.now - start < .seconds(2))

            let count = server.requests.count
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                return await error { () throws(GitHubError) in
                    try await client.createIssue(in: .hello, title: "", body: "")
                }
            }
            late.cancel()
            #expect(await late.value == .cancelled)
            #expect(server.requests.count == count)
        }
    }

    @Test func `no cookie and no cached answer is kept`() async throws {
        let fields = ["Set-Cookie": "a=b; Path=/", "Cache-Control": "max-age=1000", "ETag": "\"1\""]
        try await FakeServer.run({ _ in .answer(200, fields, Self.issue) }) { server in
            let client = try GitHubClient.of(server)
            for _ in 0..<3 { _ = try await client.issue(1, in: .hello) }
            #expect(server.requests.count == 3)
            #expect(server.requests.allSatisfy { $0.fields["cookie"] == nil && $0.fields["if-none-match"] == nil })
        }
    }

    @Test func `all redirects of a call together have its deadline`() async throws {
        try await FakeServer.run({ .late(300, .answer(301, ["Location": $0.target + "x"])) }) { server in
            let client = try GitHubClient.of(server, limit: .milliseconds(800))
            let start = ContinuousClock.now
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .transient("there was no whole answer in time"))
            #expect(ContinuousClock.now - start < .milliseconds(1500))
        }
    }

    private static func timed<Value>(
        _ call: () async throws(GitHubError) -> Value
    ) async -> (error: GitHubError?, duration: Duration) {
        let start = ContinuousClock.now
        let error = await error(of: call)
        return (error, ContinuousClock.now - start)
    }
}
