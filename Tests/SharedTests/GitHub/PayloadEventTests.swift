import Base
import GitHub
import JSON
import Testing

/// The events that show something other than an issue or a pull request.
@Suite struct PayloadEventTests {
    private static let repository = "{\"id\":5,\"full_name\":\"a/b\"}"

    private static func payload(_ rest: String, repository: String? = repository) -> [UInt8] {
        let repository = repository.map { "\"repository\":\($0)," } ?? ""
        return Array("{\(repository)\(rest.isEmpty ? "" : rest + ",")\"action\":\"edited\"}".utf8)
    }

    private static func problem(_ bytes: [UInt8], _ event: EventType) -> String? {
        #expect(throws: PayloadProblem.self) { try Payload(bytes, event: event) }?.description
    }

    @Test func `a label is read whole`() throws {
        let text =
            "\"label\":{\"id\":7,\"name\":\"bug\",\"color\":\"d73a4a\",\"description\":\"It hurts\"},\"changes\":{}"
        guard case .label(let label) = try Payload(Self.payload(text), event: .label).content else {
            throw CancellationError()
        }
        #expect(label.id == 7)
        #expect(label.name == "bug")
        #expect(label.color == "d73a4a")
        #expect(label.description == "It hurts")
    }

    @Test(
        arguments: [
            (nil, nil), ("null", nil), ("\"2026-03-02T10:30:00Z\"", "2026-03-02T10:30:00Z"),
            ("1772447400", "2026-03-02T10:30:00Z"), ("0", "1970-01-01T00:00:00Z"),
        ] as [(String?, String?)]
    )
    func `a repository event's version may be ISO 8601, seconds, or not there`(_ value: String?, time: String?) throws {
        let updated = value.map { ",\"updated_at\":\($0)" } ?? ""
        let body = Self.payload("", repository: "{\"id\":5,\"full_name\":\"a/b\"\(updated)}")
        let payload = try Payload(body, event: .repository)
        #expect(payload.content == .repository(updatedAt: time.flatMap(Timestamp.init(iso:))))
        #expect(payload.repository.fullName == "a/b")
    }

    @Test(arguments: [
        "\"soon\"", "-1", "253402300800", "9223372036854775807", "9223372036854775808", "1e30", "1.5", "{}", "[]",
        "true",
    ]) func `a version that is no time is refused`(_ value: String) {
        let body = Self.payload("", repository: "{\"id\":5,\"full_name\":\"a/b\",\"updated_at\":\(value)}")
        #expect(Self.problem(body, .repository)?.hasPrefix("repository.updated_at: expected") == true)
    }

    @Test func `the version is read for repository events only`() {
        let repository = "{\"id\":5,\"full_name\":\"a/b\",\"updated_at\":[]}"
        let label = Self.payload("\"label\":{\"id\":7,\"name\":\"bug\"}", repository: repository)
        #expect(throws: Never.self) { try Payload(label, event: .label) }
    }

    @Test func `a repository event may say to whom the repository belongs and what changed`() {
        let rest =
            "\"organization\":{},\"enterprise\":{},\"installation\":{\"id\":1},\"changes\":{},"
            + "\"sender\":{\"id\":1,\"login\":\"mona\"}"
        #expect(throws: Never.self) { try Payload(Self.payload(rest), event: .repository) }
    }

    @Test(arguments: [
        "issue", "comment", "pull_request", "label", "milestone", "sub_issue", "parent_issue",
    ]) func `another event's body is no repository event`(_ subject: String) {
        #expect(
            Self.problem(Self.payload("\"\(subject)\":null"), .repository)
                == "\(subject): not part of a repository event"
        )
    }

    @Test(arguments: [
        (EventType.milestone, "milestone"), (.subIssues, "sub_issue"), (.subIssues, "parent_issue"),
    ]) func `an event that syncs nothing is read as far as its shape`(_ event: EventType, subject: String) throws {
        let payload = try Payload(Self.payload("\"\(subject)\":{\"title\":[1]}"), event: event)
        #expect(payload.content == .other)
        #expect(payload.action == "edited")
        #expect(payload.repository.id == 5)
    }

    @Test(
        arguments: [
            (.label, "", "label: missing"), (.label, "\"label\":null", "label: missing"),
            (.label, "\"label\":[]", "label: expected an object"),
            (.label, "\"label\":{\"id\":7}", "label.name: missing"),
            (.label, "\"label\":{\"id\":\"7\",\"name\":\"bug\"}", "label.id: expected a whole number"),
            (.milestone, "", "milestone: missing"), (.milestone, "\"milestone\":5", "milestone: expected an object"),
            (.milestone, "\"milestone\":null", "milestone: null, expected an object"),
            (.subIssues, "", "parent_issue: missing"),
            (.subIssues, "\"sub_issue\":\"x\"", "sub_issue: expected an object"),
            (.pullRequest, "\"pull_request\":[]", "pull_request: expected an object"),
        ] as [(EventType, String, String)]
    )
    func `a body that is not the event's is refused`(_ event: EventType, rest: String, problem: String) {
        #expect(Self.problem(Self.payload(rest), event) == problem)
    }

    @Test(arguments: EventType.allCases) func `a body that fits its event and names no repository says just that`(
        _ event: EventType
    ) throws {
        let subject = "{\"id\":1,\"number\":1,\"name\":\"n\",\"title\":\"t\",\"updated_at\":\"2026-03-02T10:30:00Z\"}"
        let keys: [EventType: [String]] = [
            .issues: ["issue"], .issueComment: ["issue", "comment"], .pullRequest: ["pull_request"],
            .label: ["label"], .milestone: ["milestone"], .subIssues: ["sub_issue", "parent_issue"],
        ]
        let rest = keys[event, default: []].map { "\"\($0)\":\(subject)" }.joined(separator: ",")
        for repository in [nil, "null"] {
            let body = Self.payload(rest, repository: repository)
            #expect(Self.problem(body, event) == PayloadProblem.noRepository.description)
        }
    }
}
