import Base
import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// Answers over HTTP in all forms: streams of any style, streams that end or stay open, and no answers.
@Suite(.timeLimit(.minutes(10))) struct MCPStreamFaultTests {
    private static func run<Value>(
        era: FakeMCP.Era = .dual,
        limit: Duration = .seconds(10),
        _ send: @escaping @Sendable (String) -> FakeServer.Reaction,
        _ body: (MCPClient, FakeMCP, FakeServer) async throws -> Value
    ) async throws -> Value {
        let rules = FakeMCP.Rules(
            era: era,
            hasSessions: true,
            send: send,
            respond: { _ in FakeMCP.text(FakeMCP.issue) }
        )
        let fake = FakeMCP(rules)
        return try await FakeServer.run(fake.handler) { server in
            try await body(.of(server, limit: limit), fake, server)
        }
    }

    private static func read(_ client: MCPClient) async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.issue(7, in: .hello) }
    }

    private static func comment(_ client: MCPClient) async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.addComment(on: 7, in: .hello, body: "B") }
    }

    private static let note = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1}}"
    private static let other = "{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":{\"content\":[]}}"

    private static let styles: [@Sendable (String) -> String] = [
        { "event: message\ndata: \($0)\n\n" },
        { "event: message\r\ndata: \($0)\r\n\r\n" },
        { "data:\($0)\r\r" },
        { "\u{FEFF}data: \($0)\n\n" },
        { ": ping\n\n:\n\ndata: \($0)\n: bye\n\n" },
        { "id: 1\nretry: 50\ndata: \n\ndata: \($0.replacingOccurrences(of: ",\"i", with: ",\ndata: \"i"))\n\n" },
        { "data: \(note)\n\nevent: endpoint\ndata: /x\n\ndata: no JSON\n\ndata: \($0)\n\ndata: behind it\n\n" },
        { "data: \(other)\n\ndata: \(other.replacing("999", with: "\"1\""))\n\ndata: \($0)\n\n" },
    ]

    @Test(arguments: styles.indices, [FakeMCP.Era.modern, .legacy])
    func `streams of any style`(style: Int, era: FakeMCP.Era) async throws {
        try await Self.run(era: era, { FakeMCP.stream(Self.styles[style]($0)) }) { client, _, _ in
            #expect(await Self.read(client) == nil)
        }
    }

    @Test func `a stream that stays open behind the response costs no time`() async throws {
        let send: @Sendable (String) -> FakeServer.Reaction = { .hang(FakeMCP.streamHead + "data: \($0)\n\n") }
        try await Self.run(send) { client, _, server in
            let start = ContinuousClock.now
            #expect(await Self.read(client) == nil)
            #expect(ContinuousClock.now - start < .seconds(3))
            let end = ContinuousClock.now + .seconds(5)
            while server.openConnections > 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
            #expect(server.openConnections == 0)
        }
    }

    @Test(
        arguments: [
            { "data: \($0)\n" }, { "data: \($0)" }, { String("data: \($0)".dropLast(9)) }, { _ in "" },
            { _ in "data: \(note)\n\n" }, { _ in "data: \(other)\n\n" }, { "event: other\ndata: \($0)\n\n" },
        ] as [@Sendable (String) -> String]
    ) func `a stream that ends without the response leaves the outcome unknown`(
        style: @escaping @Sendable (String) -> String
    ) async throws {
        try await Self.run({ FakeMCP.stream(style($0)) }) { client, _, server in
            #expect(await Self.read(client) == .transient("the answer of the MCP server has no response"))
            #expect(await Self.comment(client) == .outcomeUnknown("the answer of the MCP server has no response"))
            #expect(server.requests.filter { $0.text.contains("add_issue_comment") }.count == 1)
        }
    }

    @Test(
        arguments: [
            (.close, "the connection broke before the whole answer was here"),
            (.hang(), "there was no whole answer in time"),
            (.hang(FakeMCP.streamHead + ": hi\n\n"), "there was no whole answer in time"),
            (
                .bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: application/json\r\n\r\n{}"),
                "the connection broke before the whole answer was here"
            ),
            (.answer(200, ["Content-Type": "text/html"], "<html>"), "the answer of the MCP server has no response"),
            (.answer(200, ["Content-Type": "application/json"], "{}"), "the answer of the MCP server has no response"),
            (.answer(200, ["Content-Type": "application/json"], other), "the answer of the MCP server has no response"),
            (.answer(202), "the answer of the MCP server has no response"),
            (.answer(502), "the MCP server answers with status 502"),
        ] as [(FakeServer.Reaction, String)]
    ) func `no answer leaves the outcome unknown`(reaction: FakeServer.Reaction, words: String) async throws {
        try await Self.run(limit: .seconds(2), { _ in reaction }) { client, _, server in
            _ = try await client.capabilities()
            #expect(await Self.comment(client) == .outcomeUnknown(words))
            #expect(await Self.read(client) == .transient(words))
            #expect(server.requests.filter { $0.text.contains("add_issue_comment") }.count == 1)
        }
    }

    @Test(
        arguments: [
            (.answer(401), .unauthorized), (.answer(403), .forbidden("the MCP server answers with status 403")),
            (.answer(413), .validation("the MCP server answers with status 413")),
            (.answer(307, ["Location": "http://127.0.0.1:1/"]), .transient("the MCP server answers with status 307")),
            (.answer(400, [:], "<html>"), .transient("the MCP server answers with status 400")),
            (.answer(404, [:], "Not Found"), .transient("the MCP server answers with status 404")),
        ] as [(FakeServer.Reaction, GitHubError)]
    ) func `a request that the server refuses did nothing`(
        reaction: FakeServer.Reaction,
        expected: GitHubError
    ) async throws {
        try await Self.run(era: .modern, { _ in reaction }) { client, _, _ in
            #expect(await Self.comment(client) == expected)
        }
    }

    @Test func `a server that is asked too often says when to come back`() async throws {
        try await Self.run({ _ in .answer(429, ["Retry-After": "90"]) }) { client, _, _ in
            guard case .rateLimited(let until, .secondary) = await Self.comment(client) else {
                Issue.record("no limit")
                return
            }
            #expect(abs(until.microseconds / 1_000_000 - Int64(Date().timeIntervalSince1970) - 90) < 10)
        }
    }

    @Test func `an answer without end is cut off`() async throws {
        let flood = String(repeating: ": \(String(repeating: "x", count: 1000))\n\n", count: 2000)
        try await Self.run({ FakeMCP.stream(flood + "data: \($0)\n\n") }) { client, _, _ in
            #expect(await Self.comment(client) == .outcomeUnknown("the answer is too large"))
            #expect(await Self.read(client) == .transient("the answer is too large"))
        }
    }

    /// The response comes only when the client has answered.
    @Test(arguments: ["srv-1", "ping\\\"", "0"])
    func `a server that asks in the stream is answered`(id: String) async throws {
        let quoted = id == "0" ? id : "\"\(id)\""
        let fake = FakeMCP(FakeMCP.Rules(era: .legacy, hasSessions: true))
        fake.update { rules in
            rules.respond = { _ in FakeMCP.text(FakeMCP.issue) }
            rules.send = { message in
                let requests = ["ping", "sampling/createMessage"].map {
                    "data: {\"jsonrpc\":\"2.0\",\"id\":\(quoted),\"method\":\"\($0)\"}\n\n"
                }
                return .parts([
                    { FakeMCP.streamHead + requests.joined() },
                    {
                        let end = ContinuousClock.now + .seconds(5)
                        while fake.clientAnswers.count < 2, ContinuousClock.now < end { usleep(1000) }
                        return "data: \(message)\n\n"
                    },
                ])
            }
        }
        try await FakeServer.run(fake.handler) { server in
            #expect(await Self.read(.of(server)) == nil)
            let error = "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}"
            #expect(
                fake.clientAnswers == [
                    "{\"jsonrpc\":\"2.0\",\"id\":\(quoted),\"result\":{}}",
                    "{\"jsonrpc\":\"2.0\",\"id\":\(quoted),\(error)}",
                ]
            )
        }
    }

    @Test func `a call that is cancelled ends at once, also while another opens the session`() async throws {
        let handler: FakeServer.Handler = { _ in .hang() }
        try await FakeServer.run(handler) { server in
            let client = MCPClient.of(server, limit: .seconds(30))
            let calls = (0..<3).map { _ in Task { await Self.comment(client) } }
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            for call in calls.reversed() {
                call.cancel()
                #expect(await call.value == .cancelled)
            }
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test func `what is cancelled on its way may have been done`() async throws {
        try await Self.run({ _ in .hang(FakeMCP.streamHead) }) { client, _, _ in
            _ = try await client.capabilities()
            for (call, expected) in [
                (Task { await Self.comment(client) }, GitHubError.outcomeUnknown("the call was cancelled")),
                (Task { await Self.read(client) }, .cancelled),
            ] {
                try await Task.sleep(for: .milliseconds(200))
                call.cancel()
                #expect(await call.value == expected)
            }
        }
    }

    @Test func `an opening that takes too long ends the calls in their time`() async throws {
        try await FakeServer.run({ _ in .hang() }) { server in
            let client = MCPClient.of(server, limit: .milliseconds(500))
            let start = ContinuousClock.now
            await withTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask {
                        #expect(await Self.comment(client) == .transient("there was no whole answer in time"))
                    }
                }
            }
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }
}
