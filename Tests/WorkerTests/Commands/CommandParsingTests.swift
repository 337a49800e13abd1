import Testing

@testable import Base
@testable import Database
@testable import Inspect
@testable import Worker

struct CommandParsingTests {
    private static let connect = [
        "--workspace", "demo", "--project", "GH", "--repository", "octocat/hello", "--repository-id", "1296269",
    ]

    @Test func `connect reads its four options`() throws {
        let command = try ConnectCommand.parse(Self.connect)
        #expect(command.workspace == "demo")
        #expect(command.project == "GH")
        #expect("\(command.name)" == "octocat/hello")
        #expect(command.id == 1_296_269)
        #expect(command.hook == nil)
        #expect(!command.json)
    }

    @Test(arguments: [
        (0, "--workspace is missing, expected the slug of a workspace"),
        (2, "--project is missing, expected the identifier of a project, such as GH"),
        (4, "--repository is missing, expected owner/name"),
    ])
    func `connect names the option that is missing`(_ index: Int, _ message: String) {
        var words = Self.connect
        words.removeSubrange(index..<index + 2)
        #expect(throws: UsageProblem(message, command: "connect")) { try ConnectCommand.parse(words) }
    }

    @Test(arguments: [
        (5, "octocat", "--repository is 'octocat', expected owner/name as GitHub writes it"),
        (5, "a/b/c", "--repository is 'a/b/c', expected owner/name as GitHub writes it"),
        (5, "a/b c", "--repository is 'a/b c', expected owner/name as GitHub writes it"),
        (5, "a/..", "--repository is 'a/..', expected owner/name as GitHub writes it"),
        (7, "0", "--repository-id is '0', expected a number from 1 to 9223372036854775807"),
        (7, "-5", "--repository-id is '-5', expected a number from 1 to 9223372036854775807"),
        (7, "R_kgDO", "--repository-id is 'R_kgDO', expected a number from 1 to 9223372036854775807"),
    ])
    func `connect refuses a value that cannot be right`(_ index: Int, _ value: String, _ message: String) {
        var words = Self.connect
        words[index] = value
        #expect(throws: UsageProblem(message, command: "connect")) { try ConnectCommand.parse(words) }
    }

    @Test(arguments: [
        ("https://a.b", "https://a.b/api/webhooks/github-mcp/"),
        ("https://a.b:8443/", "https://a.b:8443/api/webhooks/github-mcp/"),
        ("https://a.b/api/webhooks/github-mcp", "https://a.b/api/webhooks/github-mcp/"),
        ("HTTPS://A.b/sync/api/webhooks/github-mcp/", "https://a.b/sync/api/webhooks/github-mcp/"),
        ("http://localhost:8080", "http://localhost:8080/api/webhooks/github-mcp/"),
        ("http://127.0.0.1", "http://127.0.0.1/api/webhooks/github-mcp/"),
        ("http://[::1]:80", "http://[::1]/api/webhooks/github-mcp/"),
        ("http://a.b", nil), ("https://a.b/hooks", nil), ("https://a.b/api/webhooks/github-mcp/acme/", nil),
        ("https://me:pw@a.b", nil), ("https://a.b/?x=1", nil), ("a.b", nil),
    ])
    func `a webhook leads to plane-ingest, encrypted unless it stays on this machine`(_ text: String, _ url: String?) {
        #expect(WebhookAddress(text)?.url == url)
    }

    @Test func `a connection is with a webhook or without`() throws {
        #expect(try ConnectCommand.parse(Self.connect + ["--poll"]).polls)
        #expect(throws: UsageProblem("--poll cannot be combined with --create-hook", command: "connect")) {
            try ConnectCommand.parse(Self.connect + ["--poll", "--create-hook", "https://a.b"])
        }
    }

    @Test func `an address that no webhook may have is refused`() {
        let message =
            "--create-hook is 'http://a.b', expected https:// and the host of plane-ingest, "
            + "alone or with /api/webhooks/github-mcp/ behind it"
        #expect(throws: UsageProblem(message, command: "connect")) {
            try ConnectCommand.parse(Self.connect + ["--create-hook", "http://a.b"])
        }
    }

    @Test func `a repository whose address is longer than Plane's column is refused`() {
        let half = String(repeating: "a", count: 90)
        #expect(FollowedRepository(id: 1, fullName: "\(half)/\(half)") != nil)
        #expect(FollowedRepository(id: 1, fullName: "\(half)/\(half)a") == nil)
    }

    @Test func `events reads its filters and has a limit of 50`() throws {
        let plain = try EventsCommand.parse([])
        #expect(plain.limit == 50)
        #expect(plain.filter.status == nil)
        let filtered = try EventsCommand.parse([
            "--status", "failed", "--type", "issue_comment", "--repository", "a/b", "--since", "2026-01-01T00:00:00Z",
            "--limit", "3", "--json",
        ])
        #expect(filtered.filter.status == .failed)
        #expect(filtered.filter.type == .issueComment)
        #expect(filtered.filter.repository == "a/b")
        #expect(filtered.filter.since == Timestamp(iso: "2026-01-01T00:00:00Z"))
        #expect(filtered.limit == 3)
        #expect(filtered.json)
    }

    @Test(arguments: [
        (["--limit", "0"], "--limit is '0', expected a number from 1 to 10000"),
        (
            ["--type", "push"],
            "--type is 'push', expected one of: "
                + "issues, issue_comment, pull_request, repository, label, milestone, sub_issues"
        ),
        (["--repository", "x"], "--repository is 'x', expected owner/name"),
        (["--since", "soon"], "--since is 'soon', expected \(Arguments.expectedTime)"),
    ])
    func `events refuses a value that cannot be right`(_ words: [String], _ message: String) {
        #expect(throws: UsageProblem(message, command: "events")) { try EventsCommand.parse(words) }
    }

    @Test(arguments: [
        ([], "ID is missing, expected an event id or a delivery id"),
        (["a", "b"], "unexpected argument 'b', expected one ID"),
    ])
    func `show wants one id`(_ words: [String], _ message: String) {
        #expect(throws: UsageProblem(message, command: "show")) { try ShowCommand.parse(words) }
    }

    @Test func `replay takes ids once each, or a filter`() throws {
        #expect(try ReplayCommand.parse(["a", "b", "a", "--yes"]).selection == .named(["a", "b"]))
        guard case .failed(let filter) = try ReplayCommand.parse(["--status", "failed", "--type", "issues"]).selection
        else {
            Issue.record("expected a filter")
            return
        }
        #expect(filter.status == .failed)
        #expect(filter.type == .issues)
    }

    @Test(arguments: [
        ([], "nothing to replay is named, expected an ID or --status failed"),
        (["--type", "issues"], "nothing to replay is named, expected an ID or --status failed"),
        (["--status", "completed"], "--status is 'completed', expected failed"),
        (["a", "--status", "failed"], "--status cannot be combined with an ID, expected one or the other"),
        (["a", "--since", "1h"], "--since cannot be combined with an ID, expected one or the other"),
    ])
    func `replay refuses what could mean more than was meant`(_ words: [String], _ message: String) {
        #expect(throws: UsageProblem(message, command: "replay")) { try ReplayCommand.parse(words) }
    }
}
