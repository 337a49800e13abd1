import Base
import GitHub
import JSON
import Testing

/// Fields that are only noted in results, and what old servers leave out: neither costs a delivery.
@Suite struct NotedFieldTests {
    private static let shapes = [
        "null", "true", "false", "0", "-1.5e300", "\"\"", "\"text\"", "\"\\ud800\"", "\"nul \\u0000\"", "[]", "[1]",
        "[{}]",
        "{}", "{\"title\":null}", "{\"title\":{}}", "{\"title\":[\"a\"]}", "{\"title\":7}", "{\"title\":\"\\udfff\"}",
        "{\"name\":null}", "{\"name\":false}", "{\"name\":{\"name\":\"a\"}}", "{\"id\":\"x\"}",
    ]

    /// Every field of an issue that no rule but a note reads, and those GitHub has added over the years.
    private static let fields = [
        "milestone", "type", "locked", "state_reason", "active_lock_reason", "pinned", "pinned_comment", "fields",
        "issue_field_values", "issue_dependencies_summary", "sub_issues_summary", "parent_issue_url", "reactions",
        "author_association", "draft", "performed_via_github_app", "comments", "node_id",
    ]

    private static func issue(_ rest: String) throws -> GitHubIssue {
        let body = """
            {"action":"opened","repository":{"id":5,"full_name":"a/b"},"issue":{"id":11,"number":2,"title":"T",\
            "state":"closed","updated_at":"2026-03-02T10:31:00Z"\(rest.isEmpty ? "" : ",")\(rest)}}
            """
        guard case .issue(let issue) = try Payload(Array(body.utf8), event: .issues).content else {
            throw CancellationError()
        }
        return issue
    }

    @Test(arguments: fields) func `a field that is only noted may have any shape`(_ field: String) throws {
        for shape in Self.shapes {
            #expect(throws: Never.self, "\(field): \(shape)") { try Self.issue("\"\(field)\":\(shape)") }
        }
    }

    @Test func `what can be read of it is noted, the rest is left out`() throws {
        #expect(try Self.issue(#""milestone":{"title":"First\u0000 flight"}"#).milestone == "First flight")
        #expect(try Self.issue(#""type":{"name":"Bug"}"#).type == "Bug")
        #expect(try Self.issue(#""locked":true"#).isLocked)
        #expect(try Self.issue(#""state_reason":"not_planned""#).state == .cancelled)
        for shape in Self.shapes where shape != "true" {
            let issue = try Self.issue(
                ["milestone", "type", "locked", "state_reason"].map { "\"\($0)\":\(shape)" }
                    .joined(separator: ",")
            )
            #expect(issue.milestone == nil)
            #expect(issue.type == nil)
            #expect(!issue.isLocked)
            #expect(issue.state == .completed)
        }
    }

    @Test func `a label without an id is known by its name, however that is written`() throws {
        let labels = try Self.issue(
            #""labels":[{"name":"Bug"},{"id":null,"name":"bug","color":"d73a4a"},{"name":"ui"},{"id":7,"name":"bug"}]"#
        ).labels
        #expect(labels.map(\.name) == ["Bug", "bug", "ui", "bug"])
        #expect(labels[0].id == labels[1].id)
        #expect(Set(labels.map(\.id)).count == 3)
        #expect(labels[..<3].allSatisfy { $0.id < 0 })
        #expect(labels[3].id == 7)
        #expect(labels[0].color == nil)
        #expect(throws: PayloadProblem.self) { try Self.issue(#""labels":[{"id":"7","name":"bug"}]"#) }
    }
}
