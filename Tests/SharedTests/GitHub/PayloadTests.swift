import Base
import Foundation
import GitHub
import JSON
import TestSupport
import Testing

@Suite struct PayloadTests {
    private static let user = "{\"id\":1,\"login\":\"mona\"}"

    /// An issue with one field replaced, or added, or taken away (nil).
    private static func issue(_ field: String = "", _ value: String? = "") -> String {
        var fields = [
            ("id", "11"), ("number", "2"), ("title", "\"T\""), ("body", "\"B\""), ("state", "\"open\""), ("user", user),
            ("labels", "[]"), ("assignees", "[]"), ("html_url", "\"https://github.com/a/b/issues/2\""),
            ("created_at", "\"2026-03-02T10:30:00Z\""), ("updated_at", "\"2026-03-02T10:31:00Z\""),
            ("closed_at", "null"),
        ]
        fields.removeAll { $0.0 == field }
        if !field.isEmpty, let value { fields.append((field, value)) }
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    private static func payload(
        issue: String = issue(),
        action: String = "\"opened\"",
        repository: String = "{\"id\":5,\"full_name\":\"a/b\"}",
        rest: String = ""
    ) -> [UInt8] {
        Array("{\"action\":\(action),\"issue\":\(issue),\"repository\":\(repository)\(rest)}".utf8)
    }

    private static func issue(of bytes: [UInt8]) throws -> GitHubIssue {
        guard case .issue(let issue) = try Payload(bytes, event: .issues).content else { throw CancellationError() }
        return issue
    }

    @Test func `an issue is read whole`() throws {
        let text = Self.issue("labels", "[{\"id\":7,\"name\":\"bug\",\"color\":\"d73a4a\",\"description\":null},null]")
        let payload = try Payload(Self.payload(issue: text, rest: ",\"sender\":\(Self.user)"), event: .issues)
        #expect(payload.action == "opened")
        #expect(payload.repository.id == 5)
        #expect(payload.repository.fullName == "a/b")
        #expect(payload.sender?.login == "mona")
        guard case .issue(let issue) = payload.content else {
            Issue.record("no issue")
            return
        }
        #expect(issue.id == 11)
        #expect(issue.number == 2)
        #expect(issue.title == "T")
        #expect(issue.body == "B")
        #expect(issue.state == .open)
        #expect(issue.labels.map(\.name) == ["bug"])
        #expect(issue.labels.first?.color == "d73a4a")
        #expect(issue.author?.login == "mona")
        #expect(issue.updatedAt == Timestamp(iso: "2026-03-02T10:31:00Z"))
        #expect(!issue.isPullRequest)
        #expect(issue.milestone == nil)
        #expect(issue.type == nil)
        #expect(!issue.isLocked)
    }

    @Test func `milestone, type and lock are read where they are`() throws {
        func read(_ field: String, _ value: String) throws -> GitHubIssue {
            try Self.issue(of: Self.payload(issue: Self.issue(field, value)))
        }
        #expect(try read("milestone", "{\"id\":3,\"title\":\"First\\u0000 flight\"}").milestone == "First flight")
        #expect(try read("type", "{\"id\":4,\"name\":\"Bug\",\"color\":\"red\"}").type == "Bug")
        #expect(try read("locked", "true").isLocked)
        #expect(try !read("locked", "false").isLocked)
    }

    @Test(
        arguments: [
            ("state", "\"open\"", nil, GitHubIssue.State.open), ("state", "\"closed\"", nil, .completed),
            ("state", "\"closed\"", "completed", .completed), ("state", "\"closed\"", "not_planned", .cancelled),
            ("state", "\"closed\"", "duplicate", .cancelled), ("state", "\"closed\"", "invented_later", .completed),
            ("state", "\"open\"", "reopened", .open), ("state", "\"merged\"", nil, .open), ("state", nil, nil, .open),
        ] as [(String, String?, String?, GitHubIssue.State)]
    )
    func `the state comes from state and state_reason`(
        _ field: String,
        value: String?,
        reason: String?,
        state: GitHubIssue.State
    ) throws {
        var text = Self.issue(field, value)
        if let reason { text = "{\"state_reason\":\"\(reason)\"," + text.dropFirst() }
        #expect(try Self.issue(of: Self.payload(issue: text)).state == state)
    }

    @Test func `without a known state closed_at decides`() throws {
        let text = Self.issue("closed_at", "\"2026-03-02T11:00:00Z\"").replacing("\"open\"", with: "\"archived\"")
        #expect(try Self.issue(of: Self.payload(issue: text)).state == .completed)
    }

    @Test func `what GitHub may leave out or send as null is not missed`() throws {
        for field in [
            "body", "user", "labels", "assignees", "html_url", "created_at", "closed_at", "state", "milestone", "type",
            "locked",
        ] {
            for value in [nil, "null"] {
                #expect(throws: Never.self, "\(field)") {
                    try Self.issue(of: Self.payload(issue: Self.issue(field, value)))
                }
            }
        }
        #expect(try Self.issue(of: Self.payload(issue: Self.issue("body", nil))).body.isEmpty)
    }

    @Test func `the list of assignees goes before the single one`() throws {
        let single = "\"assignee\":{\"id\":9,\"login\":\"single\"},"
        let both = "{" + single + Self.issue("assignees", "[\(Self.user)]").dropFirst()
        #expect(try Self.issue(of: Self.payload(issue: both)).assignees.map(\.login) == ["mona"])
        let one = "{" + single + Self.issue("assignees", nil).dropFirst()
        #expect(try Self.issue(of: Self.payload(issue: one)).assignees.map(\.login) == ["single"])
    }

    @Test(
        arguments: [
            ("id", "0", "issue.id: expected a positive number"), ("id", "-1", "issue.id: expected a positive number"),
            ("id", "\"11\"", "issue.id: expected a whole number"), ("id", nil, "issue.id: missing"),
            ("id", "null", "issue.id: null, expected a whole number"),
            ("number", "0", "issue.number: expected a positive number"),
            ("title", "null", "issue.title: null, expected text"), ("title", "5", "issue.title: expected text"),
            ("updated_at", nil, "issue.updated_at: missing"),
            ("updated_at", "\"yesterday\"", "issue.updated_at: expected an ISO 8601 time"),
            ("labels", "{}", "issue.labels: expected a list"),
            ("labels", "[{\"id\":1}]", "issue.labels[0].name: missing"),
            ("user", "[]", "issue.user: expected an object"),
        ] as [(String, String?, String)]
    )
    func `a field that cannot be used is named`(_ field: String, value: String?, problem: String) {
        let error = #expect(throws: PayloadProblem.self) {
            try Payload(Self.payload(issue: Self.issue(field, value)), event: .issues)
        }
        #expect(error?.description == problem)
    }

    @Test(arguments: ["42.5", "18446744073709551616", "9223372036854775808", "123456789012345678901234567890"])
    func `an id that is no 63-bit number is refused and not repeated`(_ id: String) {
        let error = #expect(throws: PayloadProblem.self) {
            try Payload(Self.payload(issue: Self.issue("id", id)), event: .issues)
        }
        #expect(error?.description.hasPrefix("issue.id: ") == true)
        #expect(error?.description.contains(id) == false)
    }

    @Test(
        arguments: [
            ("42.0", 42), ("29e8", 2_900_000_000), ("1E2", 100), ("100e-2", 1),
            ("9007199254740993.0", 9_007_199_254_740_993),
        ] as [(String, Int64)]
    )
    func `a whole number may be written with a fraction or an exponent`(_ text: String, value: Int64) throws {
        #expect(try Self.issue(of: Self.payload(issue: Self.issue("id", text))).id == value)
    }

    @Test func `of two fields with one name the first counts, however its name is written`() throws {
        let twice = "{\"titl\\u0065\":\"first\"," + Self.issue().dropFirst()
        #expect(try Self.issue(of: Self.payload(issue: twice)).title == "first")
        let longer = "{\"titl\\u0065s\":5,\"t\\u0069tl\":5," + Self.issue().dropFirst()
        #expect(try Self.issue(of: Self.payload(issue: longer)).title == "T")
        let later = Self.issue().dropLast() + ",\"title\":5,\"user\":[]}"
        #expect(try Self.issue(of: Self.payload(issue: String(later))).title == "T")
    }

    @Test func `the first field in our order is named, not the first in the text`() {
        let issue = "{\"user\":[],\"title\":5,\"id\":0}"
        let error = #expect(throws: PayloadProblem.self) { try Payload(Self.payload(issue: issue), event: .issues) }
        #expect(error?.description == "issue.id: expected a positive number")
    }

    @Test func `a problem in a list counts nulls and names what is inside`() {
        let labels = "[{\"id\":1,\"name\":\"a\"},null,{\"id\":2,\"name\":{\"x\":[1,2]}}]"
        let error = #expect(throws: PayloadProblem.self) {
            try Payload(Self.payload(issue: Self.issue("labels", labels)), event: .issues)
        }
        #expect(error?.description == "issue.labels[2].name: expected text")
    }

    @Test(arguments: ["\\ud800", "\\ude00\\ud83d", "a\\uD83Dz", "\\uD83D\\n"])
    func `half a surrogate pair is refused where it is read`(
        _ text: String
    ) throws {
        for field in ["title", "body", "html_url", "state"] {
            let error = #expect(throws: PayloadProblem.self) {
                try Payload(Self.payload(issue: Self.issue(field, "\"\(text)\"")), event: .issues)
            }
            #expect(error?.description == "issue.\(field): not a value this field can hold")
        }
        for unread in ["\"node_id\":\"\(text)\"", "\"\(text)\":1"] {
            #expect(throws: Never.self) { try Payload(Self.payload(rest: ",\(unread)"), event: .issues) }
        }
    }

    @Test func `a body that is no JSON is named as a whole`() {
        let error = #expect(throws: PayloadProblem.self) { try Payload(Array("{\"action\":}".utf8), event: .issues) }
        #expect(error?.description == "the body: not a value this field can hold")
    }

    @Test func `the largest ids are exact`() throws {
        for id in [9_007_199_254_740_993, Int64.max] {
            #expect(try Self.issue(of: Self.payload(issue: Self.issue("id", "\(id)"))).id == id)
        }
    }

    @Test(arguments: [
        "a", "a/", "/b", "a/b/c", "../../etc/passwd", "./b", "a/..", "a b/c", "a/b\\u0000", "ä/b", "a/b\\n", "",
        String(repeating: "a", count: 101) + "/b",
    ]) func `a full name that is not owner/name is refused`(_ name: String) {
        let error = #expect(throws: PayloadProblem.self) {
            try Payload(Self.payload(repository: "{\"id\":5,\"full_name\":\"\(name)\"}"), event: .issues)
        }
        #expect(error?.description == "repository.full_name: expected owner/name")
    }

    @Test func `an action is 1 to 100 bytes of text`() {
        for action in ["\"\"", "\"\(String(repeating: "a", count: 101))\"", "1", "null", "{\"a\":1}"] {
            #expect(throws: PayloadProblem.self) { try Payload(Self.payload(action: action), event: .issues) }
        }
        #expect(throws: Never.self) { try Payload(Self.payload(action: "\"invented_later\""), event: .issues) }
    }

    @Test(arguments: [
        (EventType.issueComment, "comment: missing"), (.pullRequest, "pull_request: missing"),
    ]) func `a body that is not the event's is refused`(_ event: EventType, problem: String) {
        let error = #expect(throws: PayloadProblem.self) { try Payload(Self.payload(), event: event) }
        #expect(error?.description == problem)
    }

    @Test func `a comment is read with its issue`() throws {
        let comment = """
            ,"comment":{"id":3,"body":null,"user":null,"updated_at":"2026-03-02T10:32:00Z"}
            """
        let payload = try Payload(Self.payload(rest: comment), event: .issueComment)
        guard case .comment(let read, let issue) = payload.content else {
            Issue.record("no comment")
            return
        }
        #expect(read.id == 3)
        #expect(read.body.isEmpty)
        #expect(read.author == nil)
        #expect(read.createdAt == read.updatedAt)
        #expect(issue.id == 11)
    }

    @Test(arguments: ["null", "true", "17", "[]", "\"x\"", "{}"]) func `a body that is no delivery is refused`(
        _ text: String
    ) {
        #expect(throws: PayloadProblem.self) { try Payload(Array(text.utf8), event: .issues) }
    }
}
