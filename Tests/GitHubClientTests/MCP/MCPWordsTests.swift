import Base
import Testing

@testable import GitHubClient

/// What an MCP server says in prose where REST has a status and header fields.
@Suite struct MCPWordsTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let read = MCPRequest(method: "tools/call")
    private static let create = MCPRequest(method: "tools/call", creates: true)
    private static let url = "https://api.github.com/repos/octo/hello/issues/9"

    private static func error(_ words: String, code: Int64? = nil, to request: MCPRequest = read) -> GitHubError {
        GitHubError(words: words, code: code, to: request, now: now)
    }

    private static func limited(_ seconds: Int64, _ kind: RateLimit.Kind) -> GitHubError {
        .rateLimited(until: Timestamp(microseconds: now.microseconds + seconds * 1_000_000), kind)
    }

    @Test(
        arguments: [
            ("failed to get issue: GET \(url): 404 Not Found []", .notFound),
            ("failed to get issue: GET \(url): 410 This issue was deleted []", .gone),
            ("failed to get user: GET https://api.github.com/user: 401 Bad credentials []", .unauthorized),
            ("failed to get issue: Bad credentials", .unauthorized),
            ("Failed to get issue labels: Could not resolve to an Issue with the number of 9.", .notFound),
            (
                "x: POST \(url): 403 Resource not accessible by integration []",
                .forbidden("Resource not accessible by integration")
            ),
            (
                "x: PATCH \(url): 422 Validation Failed [{Resource:Issue Field:title Code:invalid Message:}]",
                .validation("Validation Failed [{Resource:Issue Field:title Code:invalid Message:}]")
            ),
            (
                "failed to create issue: Validation Failed\nIssue.title (missing_field)",
                .validation("failed to create issue: Validation Failed\\nIssue.title (missing_field)")
            ),
            ("missing required parameter: issue_number", .validation("missing required parameter: issue_number")),
            (
                "parameter issue_number is not a valid number",
                .validation("parameter issue_number is not a valid number")
            ),
            ("x: GET \(url): 502 Server Error []", .transient("status 502")),
            ("x: GET \(url): 409 Conflict", .transient("Conflict")),
            ("failed to get issue: Get \"\(url)\": EOF", .transient("the MCP server has no answer of GitHub's")),
            (
                "x: Post \"\(url)\": dial tcp: lookup github.example.com on 10.1.2.3:53: no such host",
                .transient("the MCP server has no answer of GitHub's")
            ),
            ("", .transient("")),
        ] as [(String, GitHubError)]
    ) func `words of a failed read`(words: String, error: GitHubError) {
        #expect(Self.error(words) == error)
    }

    @Test(
        arguments: [
            ("P: GitHub API rate limit exceeded. Retry after 29m59s.", 1799, .primary),
            ("P: GitHub secondary rate limit exceeded. Retry after 1m0s.", 60, .secondary),
            ("P: GitHub API rate limit exceeded. Wait before retrying.", 60, .primary),
            ("P: GitHub secondary rate limit exceeded. Wait before retrying.", 60, .secondary),
            ("P: GET \(url): 403 API rate limit exceeded for user ID 1. [rate reset in 59m59s]", 3599, .primary),
            ("P: GET \(url): 403 You have exceeded a secondary rate limit. Please wait. []", 60, .secondary),
            ("P: GET \(url): 429 You have triggered an abuse detection mechanism []", 60, .secondary),
            (
                "P: GET \(url): 403 API rate limit of 60 still exceeded until 2026-11-29 22:00:00 +0000 UTC, not making "
                    + "remote request. [rate reset in 1h2m3s]", 3723, .primary
            ),
            (
                "P: POST \(url): 403 API secondary rate limit exceeded until 2026-09-21 14:13:50.66 +0000 UTC m=+30.03, not "
                    + "making remote request.", 31, .secondary
            ),
            (
                "P: POST \(url): 403 API secondary rate limit exceeded until 2026-09-21 16:13:50 +0200 CEST, not making "
                    + "remote request.", 60, .secondary
            ),
            ("P: GitHub API rate limit exceeded. Retry after 1000000h0m0s.", 86_400, .primary),
            ("P: GitHub API rate limit exceeded. Retry after -5s.", 60, .primary),
            ("P: GitHub API rate limit exceeded. Retry after 0s.", 1, .primary),
        ] as [(String, Int64, RateLimit.Kind)]
    ) func `words of a limit`(words: String, wait: Int64, kind: RateLimit.Kind) {
        for request in [Self.read, Self.create] {
            #expect(Self.error(words, to: request) == Self.limited(wait, kind))
        }
    }

    @Test func `a write that may have been done is no failed write`() {
        #expect(Self.error("x: POST \(Self.url): 502 Bad Gateway", to: Self.create) == .outcomeUnknown("status 502"))
        #expect(
            Self.error("context deadline exceeded", to: Self.create) == .outcomeUnknown("context deadline exceeded")
        )
        #expect(Self.error("x: POST \(Self.url): 404 Not Found []", to: Self.create) == .notFound)
    }

    @Test func `a label that is named so is no limit`() {
        let words = "x: POST \(Self.url): 422 rate limit exceeded is no label []"
        #expect(Self.error(words) == .validation("rate limit exceeded is no label"))
    }

    @Test func `invalid parameters cannot be repeated`() {
        #expect(Self.error("no", code: -32_602, to: Self.create) == .validation("no"))
    }

    @Test func `words are short and show no secret`() {
        let text = "a ghp_abc https://x.example/y \u{1B}" + String(repeating: "x", count: 9999)
        guard case .transient(let words, nil) = Self.error(text) else {
            Issue.record("no transient error")
            return
        }
        #expect(words.count == 300 && words.hasPrefix("a <secret> <address> \\u001bx"))
    }

    @Test(
        arguments: [
            ("1h2m3s", 3723), ("29m59s", 1799), ("1.5s", 2), ("250ms", 1), ("0s", 0), ("1m0.5s", 61), ("7µs", 0),
            ("100h", 360_000), ("", nil), ("5", nil), ("5d", nil), ("m5", nil), ("-5s", nil), ("1e5s", nil),
            (String(repeating: "9", count: 400) + "h", nil),
        ] as [(String, Int64?)]
    ) func `durations as Go writes them`(text: String, seconds: Int64?) {
        #expect(GitHubError.goSeconds(text) == seconds)
    }
}
