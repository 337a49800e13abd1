import Base
import Foundation
import GitHub
import TestSupport
import Testing

@testable import GitHubClient

/// The same calls against a fake GitHub made by others, whose MCP is that of the official Python SDK.
///
/// `FAKE_GITHUB` is the path of its script, `FAKE_GITHUB_PYTHON` that of a Python which has what the script needs.
@Suite(
    .enabled(if: FakeGitHubScript.path != nil, "FAKE_GITHUB is not set to the path of a fake GitHub"),
    .timeLimit(.minutes(10))
) struct MCPReferenceTests {
    private static func log() -> Log { Log { _ in } }

    @Test(arguments: ["current", "v2", "0.12"], ["stateless", "stateful"])
    func `over HTTP`(profile: String, sessions: String) async throws {
        let script = try await FakeGitHubScript(["--profile", profile, "--sessions", sessions])
        defer { script.stop() }
        let styles = [
            "plain", "crlf", "cr", "noevent", "bom", "comments", "multiline", "notify", "prime", "other_id", "bytes",
            "slow",
            "linger",
        ]
        for era in ["dual", "legacy", "modern"] {
            try await script.control("config", "{\"era\":\"\(era)\",\"answer\":\"sse\"}")
            try await Self.work(script.client(), profile)
            try await script.control("config", "{\"answer\":\"shim\"}")
            for style in styles + (era == "legacy" ? ["ping_request"] : []) {
                try await script.control("config", "{\"sse_style\":\"\(style)\"}")
                let start = ContinuousClock.now
                #expect(try await script.client().issue(1, in: .hello).number == 1, "\(era), \(style)")
                #expect(ContinuousClock.now - start < .seconds(style == "slow" ? 15 : 8), "\(era), \(style)")
            }
            try await script.control("config", "{\"answer\":\"json\"}")
            try await Self.work(script.client(), profile)
        }
    }

    @Test(arguments: ["current", "v2", "0.12"]) func `over standard input and output`(profile: String) async throws {
        let words = try #require(FakeGitHubScript.command) + ["--stdio", "--profile", profile]
        let command = MCPCommand(words: words, variables: ["PATH": "/usr/bin:/bin"], token: Secret("ghp_test"))
        let client = MCPClient(.command(command), Self.log(), limit: .seconds(30))
        try await Self.work(client, profile)
        await client.end()
    }

    @Test func `broken streams, limits and sessions that end`() async throws {
        let script = try await FakeGitHubScript(["--sessions", "stateful"])
        defer { script.stop() }
        let client = script.client()
        let created = try await client.createIssue(in: .hello, title: "T", body: "B")
        func comment(_ fault: String) async throws -> GitHubError? {
            try await script.control("faults", fault)
            return await error { () throws(GitHubError) in try await client.addComment(on: 1, in: .hello, body: "C") }
        }
        let onComment = "\"on\":{\"tool\":\"add_issue_comment\"}"
        for fault in ["drop", "drop_mid", "truncate", "apply_then_drop", "apply_then_status", "garbage"] {
            guard case .outcomeUnknown = try await comment("{\"do\":\"\(fault)\",\(onComment)}") else {
                Issue.record("\(fault) is known")
                continue
            }
        }
        for style in ["noresponse", "nofinalblank", "drop"] {
            guard case .outcomeUnknown = try await comment("{\"do\":\"sse\",\"style\":\"\(style)\",\(onComment)}")
            else {
                Issue.record("\(style) is known")
                continue
            }
        }
        let kinds: [(String, GitHubError)] = [
            ("401", .unauthorized), ("403", .forbidden("Resource not accessible by integration")), ("404", .notFound),
            ("410", .gone), ("502", .outcomeUnknown("status 502")),
        ]
        for (kind, expected) in kinds {
            let failure = try await comment("{\"do\":\"api_error\",\"kind\":\"\(kind)\",\(onComment)}")
            #expect(failure == expected)
        }
        for kind in ["primary", "secondary", "secondary_noafter"] {
            for tool in ["add_issue_comment", "issue_read"] {
                try await script.control(
                    "faults",
                    "{\"do\":\"api_error\",\"kind\":\"\(kind)\",\"on\":{\"tool\":\"\(tool)\"}}"
                )
                let failure = await error { () throws(GitHubError) in
                    if tool == "issue_read" {
                        _ = try await client.issue(1, in: .hello)
                    } else {
                        _ = try await client.addComment(on: 1, in: .hello, body: "C")
                    }
                }
                guard case .rateLimited(_, let limit) = failure else {
                    Issue.record("\(kind) of \(tool): \(String(describing: failure))")
                    continue
                }
                #expect(limit == (kind == "primary" ? .primary : .secondary))
            }
        }
        try await script.control("config", "{\"era\":\"legacy\"}")
        _ = try await client.issue(1, in: .hello)
        #expect(try await comment("{\"do\":\"expire_session\",\(onComment)}") == nil)
        #expect(created.number == 1)
        await client.end()
    }

    /// Every operation once, on a repository that may have issues.
    private static func work(_ client: MCPClient, _ profile: String) async throws {
        let can = try await client.capabilities()
        let isOld = profile == "0.12"
        #expect(can.operations.contains(.editComment) == (profile == "v2"))
        #expect(can.closesWithReason == !isOld && can.emptiesLists == !isOld)
        let body = "It's <!-- a marker --> & \"more\""
        let created = try await client.createIssue(in: .hello, title: "<T>", body: body, labels: ["bug"])
        let number = created.number
        var issue = try await client.issue(number, in: .hello)
        #expect(issue.number == number && issue.state == .open && issue.labels == ["bug"] && issue.commentCount == 0)
        let comment = try await client.addComment(on: number, in: .hello, body: "C")
        if profile == "v2" { try await client.editComment(comment, in: .hello, body: "D") }
        let comments = try await client.comments(on: number, in: .hello, page: 1)
        #expect(comments.comments.map(\.id) == [comment] && comments.isLast)
        var change = MCPIssueChange()
        change.state = .closed(isOld ? .completed : .notPlanned)
        change.labels = isOld ? ["enhancement"] : []
        try await client.updateIssue(number, in: .hello, change)
        issue = try await client.issue(number, in: .hello)
        #expect(issue.state == (isOld ? .completed : .cancelled) && issue.labels == (isOld ? ["enhancement"] : []))
        #expect(issue.commentCount == 1)
        change = MCPIssueChange()
        change.state = .open
        try await client.updateIssue(number, in: .hello, change)
        #expect(try await client.issue(number, in: .hello).state == .open)
        let missing = await error { () throws(GitHubError) in try await client.issue(9999, in: .hello) }
        #expect(missing == .notFound)
        let untitled = await error { () throws(GitHubError) in
            try await client.createIssue(in: .hello, title: "", body: "")
        }
        guard case .validation = untitled else {
            Issue.record("\(String(describing: untitled))")
            return
        }
    }
}

/// The script as a server on a free port.
final class FakeGitHubScript: Sendable {
    static let path = ProcessInfo.processInfo.environment["FAKE_GITHUB"]
    static let command = path.map {
        [
            ProcessInfo.processInfo.environment["FAKE_GITHUB_PYTHON"] ?? "/usr/bin/python3", $0, "--log-level",
            "critical",
        ]
    }

    private let process: pid_t
    private let origin: String

    init(_ arguments: [String]) async throws {
        // Free now, and taken again so soon that nobody else gets it.
        let port = try await FakeServer.run({ _ in .close }) { $0.port }
        origin = "http://127.0.0.1:\(port)"
        let process = Process()
        process.executableURL = URL(filePath: Self.command?.first ?? "")
        process.arguments = (Self.command ?? []).dropFirst() + ["--port", "\(port)"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process.processIdentifier
        let end = ContinuousClock.now + .seconds(60)
        while (try? await control("reset", "{}")) == nil {
            guard ContinuousClock.now < end else { throw CocoaError(.fileReadUnknown) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func stop() { kill(process, SIGKILL) }

    func client() -> MCPClient {
        MCPClient(.http(url: origin + "/mcp", Secret("ghp_test")), Log { _ in }, limit: .seconds(10))
    }

    func control(_ path: String, _ json: String) async throws {
        let session = HTTPSession()
        let fields = ["Content-Type: application/json"]
        let request = HTTPRequest(method: .post, url: "\(origin)/_ctl/\(path)", fields: fields, body: json)
        _ = try await session.send(request, until: .now + .seconds(5), maximumBytes: 1 << 20)
    }
}
