import Base
import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// What operations send, and what they make of the shapes in which servers answer.
@Suite(.timeLimit(.minutes(10))) struct MCPOperationTests {
    private static func run<Value>(
        tools: [String] = FakeMCP.newestTools,
        _ respond: @escaping @Sendable (FakeMCP.Call) -> String,
        _ body: (MCPClient, FakeMCP) async throws -> Value
    ) async throws -> Value {
        let fake = FakeMCP(FakeMCP.Rules(tools: tools, respond: respond))
        return try await FakeServer.run(fake.handler) { try await body(.of($0), fake) }
    }

    private static let updatedAt = Timestamp(microseconds: 1_790_000_000_000_000)

    @Test(arguments: [
        FakeMCP.text(FakeMCP.issue), FakeMCP.text("{\"method\":\"get\",\"issue\":\(FakeMCP.issue)}"),
        FakeMCP.structured("{\"method\":\"get\",\"issue\":\(FakeMCP.issue)}"),
    ]) func `an issue has no title and no body`(result: String) async throws {
        let respond: @Sendable (FakeMCP.Call) -> String = { call in
            call.tool == "issue_read" && call.arguments["method"] as? String == "get"
                && call.number("issue_number") == 7
                && call.arguments["owner"] as? String == "octo" && call.arguments["repo"] as? String == "hello"
                ? result : FakeMCP.refusal("bad")
        }
        try await Self.run(respond) { client, _ in
            let issue = try await client.issue(7, in: .hello)
            #expect(issue.number == 7 && issue.state == .cancelled && issue.labels == ["bug"])
            #expect(issue.assignees == ["octocat"] && issue.commentCount == 3 && issue.updatedAt == Self.updatedAt)
            let fields = Mirror(reflecting: issue).children.compactMap(\.label)
            #expect(fields == ["number", "state", "labels", "assignees", "updatedAt", "commentCount"])
            #expect(!"\(issue)".contains("rewritten") && !"\(issue)".contains("&lt;"))
        }
    }

    @Test func `an old server has tools of other names and objects of other shapes`() async throws {
        let calls = Mutex<[String]>([])
        let respond: @Sendable (FakeMCP.Call) -> String = { call in
            calls.withLock { $0.append(call.tool + ((call.arguments["method"] as? String) ?? "")) }
            switch call.tool {
            case "get_issue", "create_issue", "update_issue": return FakeMCP.text(FakeMCP.oldIssue)
            case "get_issue_comments": return FakeMCP.text("[\(Sample.comment(5))]")
            case "get_pull_request":
                return FakeMCP.text("{\"number\":8,\"state\":\"closed\",\"merged_at\":\"2026-09-21T14:13:20Z\"}")
            default: return FakeMCP.text(Sample.comment(6))
            }
        }
        try await Self.run(tools: FakeMCP.oldTools, respond) { client, _ in
            let issue = try await client.issue(7, in: .hello)
            #expect(issue.labels == ["bug"] && issue.assignees == ["octocat"] && issue.state == .open)
            let comments = try await client.comments(on: 7, in: .hello, page: 1)
            #expect(comments.comments.map(\.id) == [5] && comments.isLast)
            #expect(try await client.pullRequest(8, in: .hello).state == .merged)
            let created = try await client.createIssue(in: .hello, title: "T", body: "B")
            #expect(created.id == 1007 && created.number == 7)
            var change = MCPIssueChange()
            change.state = .closed(.completed)
            try await client.updateIssue(7, in: .hello, change)
            #expect(try await client.addComment(on: 7, in: .hello, body: "B") == 6)
            #expect(
                calls.withLock { $0 } == [
                    "get_issue", "get_issue_comments", "get_pull_request", "create_issue", "update_issue",
                    "add_issue_comment",
                ]
            )
        }
    }

    @Test func `what an old server cannot do is known and refused`() async throws {
        let called = Mutex(0)
        let respond: @Sendable (FakeMCP.Call) -> String = { _ in
            called.withLock { $0 += 1 }
            return FakeMCP.text("{}")
        }
        try await Self.run(tools: FakeMCP.oldTools, respond) { client, _ in
            let can = try await client.capabilities()
            #expect(can.operations == Set(MCPOperation.allCases).subtracting([.editComment]))
            #expect(!can.closesWithReason && !can.emptiesLists)
            var change = MCPIssueChange()
            change.labels = []
            var other = MCPIssueChange()
            other.state = .closed(.notPlanned)
            for change in [change, other] {
                let failure = await error { () throws(GitHubError) in
                    try await client.updateIssue(7, in: .hello, change)
                }
                guard case .validation = failure else {
                    Issue.record("\(String(describing: failure))")
                    continue
                }
            }
            let edit = await error { () throws(GitHubError) in
                try await client.editComment(5, in: .hello, body: "B")
            }
            #expect(edit == .validation("the MCP server has no tool for this: editComment"))
            #expect(called.withLock { $0 } == 0)
        }
    }

    @Test(arguments: [(FakeMCP.newTools, false), (FakeMCP.newestTools, true)])
    func `what a new server can do depends on its tools`(tools: [String], edits: Bool) async throws {
        try await Self.run(tools: tools, { _ in FakeMCP.text("{}") }) { client, _ in
            let can = try await client.capabilities()
            #expect(can.operations.contains(.editComment) == edits && can.operations.count == (edits ? 7 : 6))
            #expect(can.closesWithReason && can.emptiesLists)
        }
        try await Self.run(tools: [], { _ in FakeMCP.text("{}") }) { client, _ in
            let can = try await client.capabilities()
            #expect(can.operations.isEmpty)
        }
    }

    @Test func `writes say what they set, in numbers that are numbers`() async throws {
        let bodies = Mutex<[Data]>([])
        let respond: @Sendable (FakeMCP.Call) -> String = { call in
            let body = try? JSONSerialization.data(withJSONObject: call.arguments, options: .sortedKeys)
            bodies.withLock { $0.append(body ?? Data()) }
            return FakeMCP.text("{\"id\":\"3000001\",\"url\":\"https://github.com/octo/hello/issues/12\"}")
        }
        try await Self.run(respond) { client, _ in
            let created = try await client.createIssue(
                in: .hello,
                title: "T \"ä\"\n",
                body: "<!-- x -->",
                labels: ["bug"]
            )
            #expect(created.id == 3_000_001 && created.number == 12)
            var change = MCPIssueChange()
            (change.state, change.labels, change.assignees) = (.closed(.notPlanned), [], ["a", "b"])
            try await client.updateIssue(7, in: .hello, change)
            change = MCPIssueChange()
            change.state = .open
            try await client.updateIssue(7, in: .hello, change)
            #expect(try await client.addComment(on: 7, in: .hello, body: "B") == 3_000_001)
            try await client.editComment(5, in: .hello, body: "C")
            let place: [String: Any] = ["owner": "octo", "repo": "hello"]
            let expected: [[String: Any]] = [
                [
                    "method": "create", "title": "T \"ä\"\n", "body": "<!-- x -->", "labels": ["bug"],
                    "assignees": [String](),
                ],
                [
                    "method": "update", "issue_number": 7, "state": "closed", "state_reason": "not_planned",
                    "labels": [String](), "assignees": ["a", "b"],
                ],
                ["method": "update", "issue_number": 7, "state": "open"],
                ["issue_number": 7, "body": "B"], ["comment_id": 5, "body": "C"],
            ]
            let all = try expected.map {
                try JSONSerialization.data(withJSONObject: $0.merging(place) { $1 }, options: .sortedKeys)
            }
            #expect(bodies.withLock { $0 } == all)
        }
    }

    @Test func `comments come by pages`() async throws {
        let respond: @Sendable (FakeMCP.Call) -> String = { call in
            let count = call.number("page") == 1 ? 100 : 2
            let comments = (1...count).map { Sample.comment($0 + 100 * (call.number("page") ?? 0)) }
            return FakeMCP.structured("{\"method\":\"get_comments\",\"comments\":[\(comments.joined(separator: ","))]}")
        }
        try await Self.run(respond) { client, _ in
            let first = try await client.comments(on: 7, in: .hello, page: 1)
            #expect(first.comments.count == 100 && !first.isLast && first.comments.first?.author == "octocat")
            let last = try await client.comments(on: 7, in: .hello, page: 2)
            #expect(last.comments.map(\.id) == [201, 202] && last.isLast)
        }
    }

    @Test(
        arguments: [
            (FakeMCP.refusal("failed to get issue: GET https://x/: 404 Not Found []"), .notFound),
            (FakeMCP.refusal("failed to get issue: GET https://x/: 404 Not Found []", code: -32_603), .notFound),
            (FakeMCP.text("failed: GET https://x/: 404 Not Found []", isError: true), .notFound),
            (
                FakeMCP.text("P: GitHub API rate limit exceeded. Retry after 10s.", isError: true),
                .rateLimited(until: Timestamp(microseconds: 1_790_000_010_000_000), .primary)
            ),
            (
                FakeMCP.refusal("x: GET https://x/: 403 You have exceeded a secondary rate limit []"),
                .rateLimited(until: Timestamp(microseconds: 1_790_000_060_000_000), .secondary)
            ),
            (
                FakeMCP.text("something ghp_test and ghp_other", isError: true),
                .transient("something <secret> and <secret>")
            ),
            (FakeMCP.text("no JSON"), .transient("the answer cannot be read: expected a value at byte 0")),
            (
                FakeMCP.text("{\"number\":\"7\"}"),
                .transient("the answer cannot be read: number: expected a whole number")
            ),
            ("\"result\":{}", .transient("the answer cannot be read: expected a value at byte 0")),
            ("\"result\":[]", .transient("the answer cannot be read: result: expected an object")),
            (
                "\"result\":{\"resultType\":\"input_required\",\"content\":[]}",
                .transient("the answer cannot be read: it is not complete")
            ),
        ] as [(String, GitHubError)]
    ) func `what is no issue is an error`(response: String, expected: GitHubError) async throws {
        let fake = FakeMCP(FakeMCP.Rules(respond: { _ in response }))
        try await FakeServer.run(fake.handler) { server in
            let client = MCPClient.of(server, now: { Self.updatedAt })
            let failure = await error { () throws(GitHubError) in try await client.issue(7, in: .hello) }
            #expect(failure == expected)
        }
    }

    @Test func `a created thing whose answer cannot be read may be there`() async throws {
        try await Self.run({ _ in FakeMCP.text("created") }) { client, _ in
            let failure = await error { () throws(GitHubError) in
                try await client.createIssue(in: .hello, title: "T", body: "B")
            }
            #expect(failure == .outcomeUnknown("the answer cannot be read: expected a value at byte 0"))
        }
    }
}
