import Base
import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// Both eras over HTTP, against a server that checks every message.
@Suite(.timeLimit(.minutes(10))) struct MCPSessionTests {
    private static func run<Value>(
        _ rules: FakeMCP.Rules,
        _ body: (MCPClient, FakeMCP, FakeServer) async throws -> Value
    ) async throws -> Value {
        var rules = rules
        rules.respond = { _ in FakeMCP.text(FakeMCP.issue) }
        let fake = FakeMCP(rules)
        return try await FakeServer.run(fake.handler) { server in try await body(.of(server), fake, server) }
    }

    private static func read(_ client: MCPClient) async -> GitHubError? {
        await error { () throws(GitHubError) in try await client.issue(7, in: .hello) }
    }

    private static let handshake = ["initialize", "notifications/initialized", "tools/list"]
    private static let call = "tools/call issue_read"

    @Test(arguments: [FakeMCP.Era.modern, .dual]) func `a modern server is asked at once`(era: FakeMCP.Era) async throws
    {
        try await Self.run(FakeMCP.Rules(era: era)) { client, fake, server in
            for _ in 0..<3 { #expect(await Self.read(client) == nil) }
            #expect(fake.methods == ["server/discover", "tools/list"] + Array(repeating: Self.call, count: 3))
            #expect(server.requests.allSatisfy { $0.fields["mcp-session-id"] == nil })
            #expect(server.requests.last?.fields["mcp-param-owner"] == "octo")
        }
    }

    @Test func `a modern server need not describe itself`() async throws {
        try await Self.run(FakeMCP.Rules(era: .modern, hasDiscovery: false)) { client, fake, _ in
            #expect(await Self.read(client) == nil)
            #expect(fake.methods == ["server/discover", "tools/list", Self.call])
        }
    }

    @Test(arguments: ["2025-11-25", "2025-06-18", "2025-03-26"], [false, true])
    func `an old server is shaken hands with once`(version: String, hasSessions: Bool) async throws {
        let rules = FakeMCP.Rules(era: .legacy, version: version, hasSessions: hasSessions)
        try await Self.run(rules) { client, fake, server in
            for _ in 0..<3 { #expect(await Self.read(client) == nil) }
            #expect(fake.methods == Self.handshake + Array(repeating: Self.call, count: 3))
            #expect(server.requests.last?.fields["mcp-method"] == nil)
            await client.end()
            #expect(fake.sessions.isEmpty)
            #expect((server.requests.last?.method == "DELETE") == hasSessions)
        }
    }

    @Test func `a server of a version that we do not know is not used`() async throws {
        try await Self.run(FakeMCP.Rules(era: .legacy, version: "2024-01-01")) { client, _, _ in
            #expect(await Self.read(client) == .transient("the MCP server speaks no version of MCP that we know"))
        }
    }

    @Test(arguments: ["a b", "ä", String(repeating: "x", count: 1001)])
    func `a session id that cannot be sent back is not used`(id: String) async throws {
        let handler: FakeServer.Handler = { request in
            guard request.text.contains("initialize") else { return .answer(400) }
            let result = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"protocolVersion\":\"2025-06-18\"}}"
            return .answer(200, ["Content-Type": "application/json", "Mcp-Session-Id": id], result)
        }
        try await FakeServer.run(handler) { server in
            #expect(await Self.read(.of(server)) == .transient("the MCP server's session id cannot be sent back"))
        }
    }

    @Test func `a session that has ended is opened anew, and the call made again`() async throws {
        try await Self.run(FakeMCP.Rules(era: .legacy, hasSessions: true)) { client, fake, server in
            #expect(await Self.read(client) == nil)
            fake.forgetSessions()
            let count = server.requests.count
            #expect(await Self.read(client) == nil)
            #expect(fake.methods == Self.handshake + [Self.call] + Self.handshake + [Self.call])
            // The refused one, and no other request to find out the era.
            #expect(server.requests.count == count + 5)
        }
    }

    @Test func `who learns late that a session has ended does not end the next one`() async throws {
        let fake = FakeMCP(FakeMCP.Rules(era: .legacy, hasSessions: true))
        fake.update { $0.respond = { _ in FakeMCP.text(FakeMCP.issue) } }
        let refused = Mutex(0)
        let handler: FakeServer.Handler = { request in
            let answer = fake.handler(request)
            guard case .answer(404, _, _) = answer else { return answer }
            let count = refused.withLock { count in
                count += 1
                return count
            }
            // Both are on their way before one is answered.
            let end = ContinuousClock.now + .seconds(5)
            while refused.withLock({ $0 }) < 2, ContinuousClock.now < end { usleep(1000) }
            return count == 2 ? .late(500, answer) : answer
        }
        try await FakeServer.run(handler) { server in
            let client = MCPClient.of(server)
            #expect(await Self.read(client) == nil)
            fake.forgetSessions()
            async let first = Self.read(client)
            async let second = Self.read(client)
            #expect(await [first, second] == [nil, nil])
            #expect(refused.withLock { $0 } == 2)
            #expect(fake.methods.filter { $0 == "initialize" }.count == 2)
        }
    }

    @Test func `a server that forgets each session at once is asked twice`() async throws {
        let fake = FakeMCP(FakeMCP.Rules(era: .legacy, hasSessions: true))
        let handler: FakeServer.Handler = { request in
            if request.text.contains("tools/call") { fake.forgetSessions() }
            return fake.handler(request)
        }
        try await FakeServer.run(handler) { server in
            #expect(await Self.read(.of(server)) == .transient("the MCP session has ended"))
            #expect(server.requests.filter { $0.text.contains("tools/call") }.count == 2)
        }
    }

    @Test func `what a server says against a session is not about an issue`() async throws {
        let words = "GET https://x/: 404 Not Found []"
        let handler: FakeServer.Handler = { _ in
            let error = "{\"code\":-32602,\"message\":\"\(words)\"}"
            return .answer(400, [:], "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":\(error)}")
        }
        try await FakeServer.run(handler) { server in
            let expected = GitHubError.transient("the MCP server refuses: GET <address> 404 Not Found []")
            #expect(await Self.read(.of(server)) == expected)
            let capabilities = await error { () throws(GitHubError) in try await MCPClient.of(server).capabilities() }
            #expect(capabilities == expected)
        }
    }

    @Test func `a server that changes its era is found out`() async throws {
        try await Self.run(FakeMCP.Rules(era: .modern)) { client, fake, _ in
            #expect(await Self.read(client) == nil)
            fake.update { $0.era = .legacy }
            #expect(await Self.read(client) == nil)
            fake.update { $0.era = .modern }
            #expect(await Self.read(client) == nil)
            #expect(fake.methods.filter { $0 == Self.call }.count == 3)
        }
    }

    @Test func `a server that changes its tools is asked for them again`() async throws {
        try await Self.run(FakeMCP.Rules(tools: FakeMCP.newTools)) { client, fake, _ in
            #expect(await Self.read(client) == nil)
            fake.update { $0.tools = FakeMCP.oldTools }
            #expect(await Self.read(client) == nil)
            #expect(fake.methods.last == "tools/call get_issue")
        }
    }

    @Test func `a field that the server now wants is sent`() async throws {
        try await Self.run(FakeMCP.Rules(tools: FakeMCP.oldTools)) { client, fake, server in
            #expect(await Self.read(client) == nil)
            #expect(server.requests.last?.fields["mcp-param-owner"] == nil)
            let mirrored = FakeMCP.oldTools.map {
                $0.replacingOccurrences(of: "\"owner\":{", with: "\"owner\":{\"x-mcp-header\":\"owner\",")
            }
            fake.update { $0.tools = mirrored }
            #expect(await Self.read(client) == nil)
            #expect(server.requests.last?.fields["mcp-param-owner"] == "octo")
        }
    }

    @Test(arguments: ["T", "Größe 😀", " blank", "line\nend", "=?base64?eA==?=", "", "a\u{0}b"])
    func `any text can stand in a header field`(title: String) async throws {
        let rules = FakeMCP.Rules(
            era: .modern,
            respond: { call in
                FakeMCP.text(
                    "{\"id\":\"1\",\"url\":\"https://x/issues/\((call.arguments["title"] as? String)?.unicodeScalars.count ?? 0)\"}"
                )
            }
        )
        let fake = FakeMCP(rules)
        try await FakeServer.run(fake.handler) { server in
            let create = await error { () throws(GitHubError) in
                try await MCPClient.of(server).createIssue(in: .hello, title: title + "!", body: "")
            }
            #expect(create == nil)
        }
        #expect(MCPRequest.fieldValue(title).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test func `tools come by pages`() async throws {
        try await Self.run(FakeMCP.Rules(era: .modern, toolsOnAPage: 2)) { client, fake, _ in
            #expect(await Self.read(client) == nil)
            #expect(fake.methods.filter { $0 == "tools/list" }.count == 3)
        }
    }

    @Test func `a list of tools without end is not read to the end`() async throws {
        let fake = FakeMCP(FakeMCP.Rules(era: .modern))
        let handler: FakeServer.Handler = { request in
            guard request.text.contains("tools/list"), let id = request.text.firstMatch(of: /"id":(\d+)/) else {
                return fake.handler(request)
            }
            return FakeMCP.json(
                "{\"jsonrpc\":\"2.0\",\"id\":\(id.output.1),\"result\":{\"tools\":[],\"nextCursor\":\"x\"}}"
            )
        }
        try await FakeServer.run(handler) { server in
            #expect(await Self.read(.of(server)) == .transient("the MCP server's list of tools has no end"))
            #expect(server.requests.count == 51)
        }
    }

    @Test func `a tool whose field is none is left out`() async throws {
        let bad = FakeMCP.newTools.map {
            $0.replacingOccurrences(of: "\"x-mcp-header\":\"repo\"", with: "\"x-mcp-header\":\"a\\r\\nX: 1\"")
        }
        try await Self.run(FakeMCP.Rules(era: .modern, tools: bad)) { client, _, server in
            #expect(await Self.read(client) == .validation("the MCP server has no tool for this: readIssue"))
            #expect(server.requests.allSatisfy { $0.fields["x"] == nil })
        }
    }

    @Test func `callers that come together share one handshake`() async throws {
        try await Self.run(FakeMCP.Rules(era: .legacy, hasSessions: true)) { client, fake, _ in
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { #expect(await Self.read(client) == nil) } }
            }
            #expect(fake.methods.filter { $0 == "initialize" }.count == 1)
            #expect(fake.methods.filter { $0 == Self.call }.count == 20)
        }
    }

    @Test func `a token that the server refuses is shown nowhere`() async throws {
        try await FakeServer.run(FakeMCP().handler) { server in
            let client = MCPClient.of(server, token: "ghp_hunter2")
            #expect(await Self.read(client) == .unauthorized)
            #expect(server.requests.allSatisfy { !$0.target.contains("hunter2") && !$0.text.contains("hunter2") })
        }
    }
}
