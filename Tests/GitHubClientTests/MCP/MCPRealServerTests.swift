import Base
import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// The same calls through a real release of GitHub's own server, with a GitHub of the test's own behind it.
///
/// `GITHUB_MCP_SERVER` is the path of `github-mcp-server`. It reaches our GitHub as through a proxy, because old releases
/// drop the port of `GITHUB_HOST`.
@Suite(
    .enabled(if: RealMCPServer.path != nil, "GITHUB_MCP_SERVER is not set to the path of github-mcp-server"),
    .timeLimit(.minutes(10))
) struct MCPRealServerTests {
    private static func client(proxy: String) throws -> MCPClient {
        let variables = ["PATH": "/usr/bin:/bin", "GITHUB_HOST": "http://github.test", "HTTP_PROXY": proxy]
        let words = [try #require(RealMCPServer.path), "stdio"]
        let command = MCPCommand(words: words, variables: variables, token: Secret("ghp_test"))
        return MCPClient(.command(command), Log { _ in }, limit: .seconds(20))
    }

    /// Runs `body` with a client whose server asks `gitHub`, which sees paths such as `/repos/octo/hello/issues/1`.
    private static func with(
        _ gitHub: @escaping @Sendable (_ method: String, _ path: String) -> FakeServer.Reaction,
        _ body: (MCPClient, FakeServer) async throws -> Void
    ) async throws {
        let handler: FakeServer.Handler = { request in
            let path = URLComponents(string: request.target)?.path ?? ""
            return gitHub(request.method, path.replacingOccurrences(of: "/api/v3", with: ""))
        }
        try await FakeServer.run(handler) { server in
            let client = try client(proxy: server.origin)
            try await body(client, server)
            await client.end()
        }
    }

    @Test func `every operation that it has`() async throws {
        let pull = "{\"id\":8,\"number\":2,\"state\":\"closed\",\"merged\":true,\"updated_at\":\"\(Sample.time(3))\"}"
        try await Self.with { method, path in
            switch (method, path) {
            case (_, "/repos/octo/hello/pulls/2"): .answer(200, [:], pull)
            case ("GET", "/repos/octo/hello/issues/1/comments"): .answer(200, [:], "[\(Sample.comment(70))]")
            case ("POST", "/repos/octo/hello/issues/1/comments"): .answer(201, [:], Sample.comment(71))
            case ("POST", "/repos/octo/hello/issues"): .answer(201, [:], Sample.issue(1))
            case (_, "/repos/octo/hello/issues/1"): .answer(200, [:], Sample.issue(1, updated: 5, comments: 2))
            default: .answer(404, [:], "{\"message\":\"Not Found\"}")
            }
        } _: { client, server in
            let can = try await client.capabilities()
            let version = try await client.protocolVersion()
            #expect(MCPEra.legacyVersions.contains(version) || version == MCPEra.modernVersion)
            #expect(can.operations.isSuperset(of: Set(MCPOperation.allCases).subtracting([.editComment])))
            let issue = try await client.issue(1, in: .hello)
            #expect(issue.number == 1 && issue.state == .open && issue.labels == ["bug"] && issue.commentCount == 2)
            #expect(issue.updatedAt == Timestamp(iso: Sample.time(5)))
            let comments = try await client.comments(on: 1, in: .hello, page: 1)
            #expect(comments.comments.map(\.id) == [70] && comments.isLast)
            #expect(try await client.pullRequest(2, in: .hello).state == .merged)
            let body = "It's <!-- a marker --> & \"more\""
            #expect(try await client.createIssue(in: .hello, title: "<T>", body: body).number == 1)
            #expect(try await client.addComment(on: 1, in: .hello, body: body) == 71)
            var change = MCPIssueChange()
            change.state = .closed(.completed)
            try await client.updateIssue(1, in: .hello, change)
            // What we write arrives as it is.
            let written = server.requests.compactMap { request in
                (try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])?["body"] as? String
            }
            #expect(written == [body, body])
            #expect(server.requests.allSatisfy { $0.token == "ghp_test" })
            #expect(await error { () throws(GitHubError) in try await client.issue(9, in: .hello) } == .notFound)
        }
    }

    private static let refusals: [(Int, GitHubError)] = [
        (401, .unauthorized), (403, .forbidden("No")), (404, .notFound), (410, .gone), (422, .validation("No")),
        (502, .transient("status 502")),
    ]

    @Test(arguments: refusals) func `what GitHub answers is told from what it means`(
        status: Int,
        expected: GitHubError
    ) async throws {
        try await Self.with { _, _ in
            .answer(status, [:], "{\"message\":\"No\"}")
        } _: { client, _ in
            let read = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(read == expected)
            let write = await error { () throws(GitHubError) in
                try await client.addComment(on: 1, in: .hello, body: "B")
            }
            #expect(write == (status == 502 ? .outcomeUnknown("status 502") : expected))
        }
    }

    /// The second time the server does not even ask: it remembers.
    @Test(arguments: RateLimit.Kind.named) func `limits`(kind: RateLimit.Kind) async throws {
        try await Self.with { _, _ in
            let reset = Int(Date().timeIntervalSince1970) + 600
            let usedUp = [
                "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(reset)",
            ]
            let help = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
            return kind == .primary
                ? .answer(403, usedUp, "{\"message\":\"API rate limit exceeded\"}")
                : .answer(
                    403,
                    ["Retry-After": "30"],
                    "{\"message\":\"You have exceeded a secondary rate limit\",\"documentation_url\":\"\(help)\"}"
                )
        } _: { client, server in
            for _ in 0..<2 {
                let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                guard case .rateLimited(let until, kind) = failure else {
                    Issue.record("\(String(describing: failure))")
                    continue
                }
                let wait = (until.microseconds - Timestamp.now.microseconds) / 1_000_000
                #expect(kind == .primary ? (570...601).contains(wait) : (20...61).contains(wait), "\(wait)")
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a GitHub that it cannot reach is not named`() async throws {
        let nobody = try await FakeServer.run({ _ in .close }) { $0.origin }
        let client = try Self.client(proxy: nobody)
        let read = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
        #expect(read == .transient("the MCP server has no answer of GitHub's"))
        let write = await error { () throws(GitHubError) in try await client.addComment(on: 1, in: .hello, body: "B") }
        #expect(write == .outcomeUnknown("the MCP server has no answer of GitHub's"))
        await client.end()
    }
}

extension RateLimit.Kind {
    fileprivate static let named: [RateLimit.Kind] = [.primary, .secondary]
}

enum RealMCPServer {
    static let path = ProcessInfo.processInfo.environment["GITHUB_MCP_SERVER"]
}
