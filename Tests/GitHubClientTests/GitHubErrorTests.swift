import Base
import Foundation
import Testing

@testable import GitHubClient

@Suite struct GitHubErrorTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let get = APIRequest(.get, "/user", .app)
    private static var create: APIRequest {
        var request = APIRequest(.post, "/repos/octo/hello/issues", .app)
        request.creates = true
        return request
    }

    private static func error(
        _ status: Int,
        _ body: String = "",
        _ fields: [String: String] = [:],
        to request: APIRequest = get
    ) -> GitHubError? {
        let answer = HTTPAnswer(status: status, fields: AnswerFields(fields), body: Array(body.utf8))
        return GitHubError(answer, to: request, now: now)
    }

    private static func limited(in seconds: Int64, _ kind: RateLimit.Kind) -> GitHubError {
        .rateLimited(until: Timestamp(microseconds: now.microseconds + seconds * 1_000_000), kind)
    }

    @Test(
        arguments: [
            (200, nil), (201, nil), (204, nil), (401, .unauthorized), (404, .notFound), (410, .gone),
            (403, .forbidden("status 403")), (451, .forbidden("status 451")), (423, .forbidden("status 423")),
            (400, .validation("status 400")), (422, .validation("status 422")), (413, .validation("status 413")),
            (408, .transient("status 408")), (409, .transient("status 409")),
            (500, .transient("status 500")), (502, .transient("status 502")),
            (304, .transient("unexpected status 304")), (100, .transient("unexpected status 100")),
        ] as [(Int, GitHubError?)]
    ) func `what a status means`(status: Int, error: GitHubError?) {
        #expect(Self.error(status) == error)
    }

    @Test(arguments: [500, 502, 503, 504]) func `a failure of the server may have created something`(status: Int) {
        #expect(Self.error(status, to: Self.create) == .outcomeUnknown("status \(status)"))
    }

    @Test(arguments: [500, 502, 503]) func `a server that is away says when to come back`(status: Int) {
        let until = Timestamp(microseconds: Self.now.microseconds + 90_000_000)
        let date = ["retry-after": "Mon, 21 Sep 2026 14:14:50 GMT", "date": "Mon, 21 Sep 2026 14:13:20 GMT"]
        for fields in [["retry-after": "90"], date] {
            #expect(Self.error(status, "", fields) == .transient("status \(status)", until: until))
        }
        #expect(Self.error(status, "", ["retry-after": "soon"]) == .transient("status \(status)"))
        #expect(Self.error(status, "", ["retry-after": "9"], to: Self.create) == .outcomeUnknown("status \(status)"))
    }

    @Test func `what GitHub says is told, without addresses and secrets`() {
        let body = """
            {"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees","code":"invalid"},null,
            {"code":"custom","message":"see https://github.example.com/x or ask ghp_abc123\\u001b"}],
            "documentation_url":"https://docs.github.com/rest"}
            """
        #expect(
            Self.error(422, body)
                == .validation("Validation Failed; assignees: invalid; custom: see <address> or ask <secret>\\u001b")
        )
        #expect(Self.error(422, "{\"message\":\"No\",\"errors\":[\"a\"]}") == .validation("No"))
        #expect(Self.error(403, "{\"message\":7}") == .forbidden("status 403"))
        let long = String(repeating: "x", count: 10_000)
        #expect(Self.error(422, "{\"message\":\"\(long)\"}") == .validation(String(long.prefix(300))))
    }

    private static let usedUp = [
        "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-used": "5000",
        "x-ratelimit-reset": "1790001800", "x-ratelimit-resource": "core",
    ]
    private static let primary = "{\"message\":\"API rate limit exceeded for installation ID 1.\"}"
    private static let secondary = "{\"message\":\"You have exceeded a secondary rate limit. Please wait.\"}"

    @Test(arguments: [403, 429]) func `the primary limit ends at its reset`(status: Int) {
        #expect(Self.error(status, Self.primary, Self.usedUp) == Self.limited(in: 1801, .primary))
        let answered = Self.usedUp.merging(["date": "Mon, 21 Sep 2026 14:20:00 GMT"]) { $1 }
        // GitHub's clock is 400 s ahead of ours.
        #expect(Self.error(status, Self.primary, answered) == Self.limited(in: 1401, .primary))
    }

    @Test(arguments: [403, 429]) func `the secondary limit says when to come back`(status: Int) {
        #expect(Self.error(status, Self.secondary, ["retry-after": "7"]) == Self.limited(in: 7, .secondary))
        #expect(Self.error(status, Self.secondary) == Self.limited(in: 60, .secondary))
        let date = ["retry-after": "Mon, 21 Sep 2026 14:13:25 GMT", "date": "Mon, 21 Sep 2026 14:13:20 GMT"]
        #expect(Self.error(status, Self.secondary, date) == Self.limited(in: 5, .secondary))
        let both = Self.usedUp.merging(["retry-after": "9"]) { $1 }
        #expect(Self.error(status, Self.secondary, both) == Self.limited(in: 9, .secondary))
    }

    @Test(
        arguments: [
            (["retry-after": "-5"], 1), (["retry-after": "soon"], 60), (["retry-after": "99999999999999999"], 86_400),
            (["retry-after": "9223372036854775807000"], 60), (["x-ratelimit-remaining": "0"], 60),
            (usedUp.merging(["x-ratelimit-reset": "9223372036854775807"]) { $1 }, 60),
            (usedUp.merging(["x-ratelimit-reset": "1000"]) { $1 }, 1),
        ] as [([String: String], Int64)]
    ) func `odd limits do no harm`(fields: [String: String], wait: Int64) throws {
        let error = try #require(Self.error(429, "", fields))
        guard case .rateLimited(let until, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(until.microseconds - Self.now.microseconds == wait * 1_000_000)
    }

    @Test func `a 403 about something else is no limit`() {
        let fields = Self.usedUp.merging(["x-ratelimit-remaining": "4000"]) { $1 }
        let body = "{\"message\":\"Resource not accessible by integration\"}"
        #expect(Self.error(403, body, fields) == .forbidden("Resource not accessible by integration"))
    }

    @Test func `the limit that an answer carries`() throws {
        let limit = try #require(RateLimit(AnswerFields(Self.usedUp)))
        #expect(limit.limit == 5000 && limit.remaining == 0 && limit.resource == "core")
        #expect(limit.resetsAt == Timestamp(microseconds: 1_790_001_800_000_000))
        #expect(RateLimit(AnswerFields([:])) == nil)
    }

    @Test func `no text names where the object went`() {
        #expect(!"\(GitHubError.moved(to: "/repositories/5"))".contains("/"))
    }
}
