import Base
import GitHub
import JSON
import Testing

@Suite struct PullRequestTests {
    /// A pull request with some fields replaced, or added, or taken away (nil).
    private static func body(_ changes: [String: String?] = [:], branch: String = "\"main\"") -> [UInt8] {
        var fields: [String: String?] = [
            "id": "11", "number": "2", "title": "\"T\"", "body": "\"Fixes #1\"", "state": "\"open\"",
            "user": "{\"id\":1,\"login\":\"mona\"}", "draft": "false", "merged": "false", "merged_at": "null",
            "closed_at": "null", "head": "{\"ref\":\"fix-1\",\"repo\":{\"id\":5}}",
            "html_url": "\"https://github.com/a/b/pull/2\"", "created_at": "\"2026-03-02T10:30:00Z\"",
            "updated_at": "\"2026-03-02T10:31:00Z\"",
        ]
        fields.merge(changes) { $1 }
        let text = fields.compactMap { key, value in value.map { "\"\(key)\":\($0)" } }.joined(separator: ",")
        let repository = "{\"id\":5,\"full_name\":\"a/b\",\"default_branch\":\(branch)}"
        return Array("{\"action\":\"opened\",\"pull_request\":{\(text)},\"repository\":\(repository)}".utf8)
    }

    private static func read(
        _ changes: [String: String?] = [:],
        branch: String = "\"main\""
    ) throws -> GitHubPullRequest {
        let payload = try Payload(body(changes, branch: branch), event: .pullRequest)
        guard case .pullRequest(let read) = payload.content else {
            throw CancellationError()
        }
        return read
    }

    private static let time = "\"2026-03-02T11:00:00Z\""

    @Test func `a pull request is read whole`() throws {
        let read = try Self.read(["merged_at": Self.time, "closed_at": Self.time, "state": "\"closed\""])
        #expect(read.id == 11)
        #expect(read.number == 2)
        #expect(read.title == "T")
        #expect(read.body == "Fixes #1")
        #expect(read.url == "https://github.com/a/b/pull/2")
        #expect(read.branch == "fix-1")
        #expect(read.author?.login == "mona")
        #expect(read.createdAt == Timestamp(iso: "2026-03-02T10:30:00Z"))
        #expect(read.updatedAt == Timestamp(iso: "2026-03-02T10:31:00Z"))
        #expect(read.mergedAt == Timestamp(iso: "2026-03-02T11:00:00Z"))
        #expect(read.closedAt == Timestamp(iso: "2026-03-02T11:00:00Z"))
    }

    @Test(
        arguments: [
            ([:], .open), (["draft": "true"], .draft), (["draft": nil], .open), (["draft": "null"], .open),
            (["state": "\"closed\""], .closed), (["state": "\"closed\"", "draft": "true"], .closed),
            (["state": "\"closed\"", "merged": "true"], .merged),
            (["state": "\"closed\"", "merged_at": time], .merged),
            (["state": "\"closed\"", "merged": nil, "merged_at": time], .merged), (["state": nil], .open),
            (["state": "\"locked\"", "closed_at": time], .closed), (["state": nil, "closed_at": time], .closed),
            (["state": "\"invented\"", "draft": "true"], .draft),
        ] as [([String: String?], GitHubPullRequest.State)]
    )
    func `its state comes from state, merged and draft`(
        _ changes: [String: String?],
        state: GitHubPullRequest.State
    )
        throws
    {
        #expect(try Self.read(changes).state == state)
    }

    @Test func `what old samples lack and deleted forks and authors leave null is not missed`() throws {
        for field in [
            "body", "user", "head", "html_url", "draft", "merged", "merged_at", "closed_at", "created_at", "state",
        ] {
            for value in [nil, "null"] {
                #expect(throws: Never.self, "\(field)") { try Self.read([field: value]) }
            }
        }
        #expect(try Self.read(["body": "null"]).body.isEmpty)
        #expect(try Self.read(["created_at": nil]).createdAt == Timestamp(iso: "2026-03-02T10:31:00Z"))
        #expect(try Self.read(["head": "{\"ref\":\"x\",\"repo\":null,\"user\":null}"]).branch == "x")
        for head in [nil, "null", "{}", "{\"ref\":null}"] { #expect(try Self.read(["head": head]).branch.isEmpty) }
    }

    @Test(
        arguments: [
            ("{\"ref\":\"main\"}", "\"main\"", true), ("{\"ref\":\"release\"}", "\"main\"", false),
            ("{\"ref\":\"release\"}", "\"release\"", true), ("{\"ref\":\"Main\"}", "\"main\"", false),
            // What is not known counts as before.
            (nil, "\"main\"", true), ("null", "\"main\"", true), ("{}", "\"main\"", true), ("[]", "\"main\"", true),
            ("{\"ref\":5}", "\"main\"", true), ("{\"ref\":\"release\"}", "null", true),
            ("{\"ref\":\"release\"}", "7", true),
        ] as [(String?, String, Bool)]
    )
    func `it is to the default branch if its base is the repository's`(base: String?, main: String, to: Bool) throws {
        #expect(try Self.read(["base": base], branch: main).isToDefaultBranch == to)
    }

    @Test(
        arguments: [
            ("id", nil, "id: missing"), ("id", "0", "id: expected a positive number"),
            ("number", "\"2\"", "number: expected a whole number"), ("title", "null", "title: null, expected text"),
            ("updated_at", nil, "updated_at: missing"),
            ("merged_at", "\"then\"", "merged_at: expected an ISO 8601 time"),
            ("head", "[]", "head: expected an object"),
            ("head", "{\"ref\":5}", "head.ref: expected text"), ("draft", "\"yes\"", "draft: expected true or false"),
        ] as [(String, String?, String)]
    )
    func `a field that cannot be used is named`(_ field: String, value: String?, problem: String) {
        let error = #expect(throws: PayloadProblem.self) {
            try Payload(Self.body([field: value]), event: .pullRequest)
        }
        #expect(error?.description == "pull_request.\(problem)")
    }

    @Test func `no text of it holds what PostgreSQL cannot store`() throws {
        let nul = "\"a\\u0000b\""
        let read = try Self.read(["title": nul, "body": nul, "html_url": nul, "head": "{\"ref\":\(nul)}"])
        #expect([read.title, read.body, read.url, read.branch] == ["ab", "ab", "ab", "ab"])
    }
}
