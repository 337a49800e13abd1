import Base
import Foundation
import GitHub
import JSON
import TestSupport
import Testing

@testable import GitHubClient

/// What each operation sends, and how its answer is read.
@Suite(.timeLimit(.minutes(10))) struct OperationTests {
    private static func requests<Value>(
        answered body: String,
        status: Int = 200,
        fields: [String: String] = [:],
        _ call: (GitHubClient) async throws -> Value
    ) async throws -> (value: Value, request: FakeServer.Request) {
        try await FakeServer.run({ _ in .answer(status, fields, body) }) { server in
            let value = try await call(GitHubClient.of(server))
            return (value, try #require(server.requests.first))
        }
    }

    @Test func `a request says who asks and for which version`() async throws {
        let (answer, request) = try await Self.requests(
            answered: Sample.issue(3, comments: 2),
            fields: [
                "ETag": "W/\"abc\"", "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "5", "x-ratelimit-reset": "9",
            ]
        ) { try await $0.issue(3, in: .hello) }
        #expect(request.method == "GET" && request.target == "/repos/octo/hello/issues/3")
        #expect(request.fields["authorization"] == "Bearer ghp_test")
        #expect(request.fields["accept"] == "application/vnd.github+json")
        #expect(request.fields["x-github-api-version"] == "2022-11-28")
        #expect(request.fields["user-agent"] == "plane-github-sync/\(Version.current)")
        #expect(answer.etag == "W/\"abc\"" && answer.rateLimit?.remaining == 5 && answer.movedTo == nil)
        let reading = try #require(answer.content.content)
        #expect(reading.issue.number == 3 && reading.issue.labels.map(\.name) == ["bug"])
        #expect(reading.commentCount == 2 && reading.issue.appID == 99)
    }

    @Test func `what has not changed is not sent again`() async throws {
        let gitHub = FakeGitHub()
        try await FakeServer.run(gitHub.handler) { server in
            let client = try GitHubClient.of(server)
            let first = try await client.issue(1, in: .hello)
            #expect(try await client.issue(1, in: .hello, unless: first.etag).content == .notModified)
            gitHub.update { $0.issues[1] = 5 }
            let changed = try await client.issue(1, in: .hello, unless: first.etag)
            #expect(changed.content.content?.issue.updatedAt == Timestamp(iso: Sample.time(5)))
        }
    }

    @Test func `a comment names its issue`() async throws {
        let (answer, request) = try await Self.requests(answered: Sample.comment(8, on: 4)) {
            try await $0.comment(8, in: .hello)
        }
        #expect(request.target == "/repos/octo/hello/issues/comments/8")
        #expect(answer.content.content?.issueNumber == 4 && answer.content.content?.comment.id == 8)
    }

    @Test func `comments of a repository and of one issue`() async throws {
        let since = Timestamp(iso: "2026-01-02T03:04:05Z")
        let list = "[\(Sample.comment(8, on: 4)),\(Sample.comment(9, on: 5))]"
        let (all, request) = try await Self.requests(answered: list) { client in
            var pages = client.comments(in: .hello, since: since)
            return try await pages.nextPage()
        }
        #expect(
            request.target
                == "/repos/octo/hello/issues/comments?sort=updated&direction=asc&per_page=100&since=2026-01-02T03:04:05Z"
        )
        #expect(all?.content.content?.elements.map(\.issueNumber) == [4, 5])
        let (_, single) = try await Self.requests(answered: list) { client in
            var pages = client.comments(on: 4, in: .hello)
            return try await pages.nextPage()
        }
        #expect(single.target == "/repos/octo/hello/issues/4/comments?per_page=100")
    }

    @Test func `a pull request knows the default branch`() async throws {
        let body = """
            {"id":1,"number":2,"title":"T","body":"B","state":"open","draft":true,"head":{"ref":"topic"},
            "base":{"ref":"main","repo":{"default_branch":"trunk"}},"updated_at":"2026-01-01T00:00:00Z"}
            """
        let (answer, request) = try await Self.requests(answered: body) { try await $0.pullRequest(2, in: .hello) }
        #expect(request.target == "/repos/octo/hello/pulls/2")
        let pull = try #require(answer.content.content?.pull)
        #expect(pull.state == .draft && pull.base == "main" && !pull.isToDefaultBranch)
    }

    @Test func `a repository and its labels`() async throws {
        let body = #"{"id":7,"full_name":"octo/renamed","private":true,"html_url":"https://ghe.example.com/o/r"}"#
        let (answer, request) = try await Self.requests(answered: body) { try await $0.repository(.hello) }
        #expect(request.target == "/repos/octo/hello")
        let repository = try #require(answer.content.content?.repository)
        #expect(repository.id == 7 && repository.fullName == "octo/renamed" && repository.isPrivate)
        let list = "[{\"id\":1,\"name\":\"bug\"},null]"
        let (labels, second) = try await Self.requests(answered: list) { client in
            var pages = client.labels(in: .hello)
            return try await pages.nextPage()
        }
        #expect(second.target == "/repos/octo/hello/labels?per_page=100")
        #expect(labels?.content.content?.elements.map(\.label.name) == ["bug"])
    }

    @Test func `creating an issue`() async throws {
        let (answer, request) = try await Self.requests(answered: Sample.issue(9), status: 201) {
            try await $0.createIssue(in: .hello, title: "A \"quote\"", body: "ä\n\u{1}", labels: ["bug"])
        }
        #expect(request.method == "POST" && request.target == "/repos/octo/hello/issues")
        #expect(request.fields["content-type"] == "application/json")
        let sent = try JSONObject(JSONDocument(request.body))
        #expect(try sent.exactText("title") == "A \"quote\"")
        #expect(try sent.exactText("body") == "ä\n\u{1}")
        #expect(request.text.contains(#""labels":["bug"],"assignees":[]"#))
        #expect(answer.content.issue.number == 9)
    }

    @Test(arguments: [
        (IssueChange(title: "T"), #"{"title":"T"}"#),
        (IssueChange(state: .closed(.notPlanned)), #"{"state":"closed","state_reason":"not_planned"}"#),
        (IssueChange(body: "", state: .open, labels: []), #"{"body":"","state":"open","labels":[]}"#),
        (IssueChange(assignees: ["a", "b"]), #"{"assignees":["a","b"]}"#),
    ]) func `a change is one call with only what changes`(change: IssueChange, body: String) async throws {
        let (_, request) = try await Self.requests(answered: Sample.issue(1)) {
            try await $0.updateIssue(1, in: .hello, change)
        }
        #expect(request.method == "PATCH" && request.target == "/repos/octo/hello/issues/1")
        #expect(request.text == body)
    }

    @Test func `writing comments`() async throws {
        let (created, post) = try await Self.requests(answered: Sample.comment(5, on: 2), status: 201) {
            try await $0.createComment(on: 2, in: .hello, body: "Text")
        }
        #expect(post.method == "POST" && post.target == "/repos/octo/hello/issues/2/comments")
        #expect(post.text == "{\"body\":\"Text\"}" && created.content.comment.id == 5)
        let (_, patch) = try await Self.requests(answered: Sample.comment(5)) {
            try await $0.editComment(5, in: .hello, body: "New")
        }
        #expect(patch.method == "PATCH" && patch.target == "/repos/octo/hello/issues/comments/5")
        let (_, delete) = try await Self.requests(answered: "", status: 204) {
            try await $0.deleteComment(5, in: .hello)
        }
        #expect(delete.method == "DELETE" && delete.target == "/repos/octo/hello/issues/comments/5")
    }

    @Test func `labels and assignees are added and removed one by one`() async throws {
        let labels = "[{\"id\":1,\"name\":\"bug\"}]"
        let (added, post) = try await Self.requests(answered: labels) {
            try await $0.addLabels(["bug"], to: 2, in: .hello)
        }
        #expect(post.method == "POST" && post.target == "/repos/octo/hello/issues/2/labels")
        #expect(post.text == "{\"labels\":[\"bug\"]}" && added.content.map(\.name) == ["bug"])
        let (_, delete) = try await Self.requests(answered: labels) {
            try await $0.removeLabel("a b/c?ü", from: 2, in: .hello)
        }
        #expect(delete.method == "DELETE" && delete.target == "/repos/octo/hello/issues/2/labels/a%20b%2Fc%3F%C3%BC")
        let (_, assign) = try await Self.requests(answered: Sample.issue(2), status: 201) {
            try await $0.addAssignees(["octocat"], to: 2, in: .hello)
        }
        #expect(assign.method == "POST" && assign.target == "/repos/octo/hello/issues/2/assignees")
        let (_, unassign) = try await Self.requests(answered: Sample.issue(2)) {
            try await $0.removeAssignees(["octocat"], from: 2, in: .hello)
        }
        #expect(unassign.method == "DELETE" && unassign.text == "{\"assignees\":[\"octocat\"]}")
    }

    @Test func `deliveries of a hook`() async throws {
        let delivery = """
            {"id":12,"guid":"72d3162e","delivered_at":"2026-01-01T00:00:00Z","redelivery":true,"status":"timed out",
            "status_code":0,"event":"issues","action":"opened","repository_id":7}
            """
        let hook = Hook.repository(id: 3)
        let (list, request) = try await Self.requests(answered: "[\(delivery)]") { client in
            var pages = client.deliveries(of: hook, for: .hello, .failure)
            return try await pages.nextPage()
        }
        #expect(request.target == "/repos/octo/hello/hooks/3/deliveries?per_page=100&status=failure")
        let first = try #require(list?.content.content?.elements.first)
        #expect(first.id == 12 && first.guid == "72d3162e" && first.isRedelivery && !first.hasSucceeded)
        #expect(first.repositoryID == 7)
        let payload = #"{"action": "opened", "x": ["}\"]", {}, 1e3]}"#
        let (body, single) = try await Self.requests(
            answered: "{\"id\":12,\"request\":{\"headers\":{},\"payload\": \(payload) },\"response\":{}}"
        ) { try await $0.payload(of: 12, from: hook, for: .hello) }
        #expect(single.target == "/repos/octo/hello/hooks/3/deliveries/12")
        #expect(String(decoding: body.content ?? [], as: UTF8.self) == payload)
    }

    @Test func `a person and an App know who they are`() async throws {
        let (person, request) = try await Self.requests(answered: "{\"id\":1,\"login\":\"octocat\"}") {
            try await $0.whoAmI(on: .hello)
        }
        #expect(request.target == "/user")
        #expect(person == Identity(user: GitHubUser(id: 1, login: "octocat"), appID: nil))
        let gitHub = FakeGitHub()
        let handler: FakeServer.Handler = { request in
            switch request.path {
            case "/app" where TestKey.rsa.verifies(request.token):
                .answer(200, [:], "{\"id\":99,\"slug\":\"plane-sync\"}")
            case "/users/plane-sync%5Bbot%5D" where request.token.hasPrefix("ghs_"):
                .answer(200, [:], "{\"id\":41,\"login\":\"plane-sync[bot]\"}")
            default: gitHub.handler(request)
            }
        }
        try await FakeServer.run(handler) { server in
            let key = try #require(AppKey(app: "99", pem: Secret(TestKey.rsa.pkcs1)))
            let client = try GitHubClient.of(
                server,
                credentials: .app(key),
                now: { gitHub.now }
            )
            let app = try await client.whoAmI(on: .hello)
            #expect(app == Identity(user: GitHubUser(id: 41, login: "plane-sync[bot]"), appID: 99))
        }
    }

    @Test(arguments: ["", "octo", "octo/", "octo/hello/x", "../hello", "octo/he llo", "octo/..", "octo/a?b"])
    func `no other text is the name of a repository`(text: String) {
        #expect(RepositoryName(text) == nil)
    }
}

extension IssueChange {
    fileprivate init(
        title: String? = nil,
        body: String? = nil,
        state: State? = nil,
        labels: [String]? = nil,
        assignees: [String]? = nil
    ) {
        self.init()
        self.title = title
        self.body = body
        self.state = state
        self.labels = labels
        self.assignees = assignees
    }
}
