import Testing

@testable import Base
@testable import GitHub

@Suite struct DeliverySubjectTests {
    private static let early = "2026-03-02T10:30:00Z"
    private static let late = "2026-03-02T10:31:00Z"

    @Test(arguments: [
        ("issues", #""issue":{"number":7,"updated_at":"\#(early)"}"#, 7, early),
        (
            "issue_comment", #""issue":{"number":7,"updated_at":"\#(late)"},"comment":{"updated_at":"\#(early)"}"#, 7,
            late
        ),
        (
            "issue_comment", #""issue":{"number":7,"updated_at":"\#(early)"},"comment":{"updated_at":"\#(late)"}"#, 7,
            late
        ),
        ("pull_request", #""pull_request":{"number":8,"updated_at":"\#(early)"},"issue":{"number":7}"#, 8, early),
        ("sub_issues", #""action":"sub_issue_added","parent_issue":{"number":3},"sub_issue":{"number":4}"#, 3, nil),
        ("sub_issues", #""action":"parent_issue_added","parent_issue":{"number":3},"sub_issue":{"number":4}"#, 4, nil),
        ("issues", #""action":"read","read_at":"\#(late)","issue":{"number":7,"updated_at":"\#(early)"}"#, 7, late),
        ("label", #""label":{"id":7,"number":7}"#, nil, nil),
        ("milestone", #""milestone":{"number":7}"#, nil, nil),
        ("repository", #""repository":{"number":7}"#, nil, nil),
        ("unknown", #""issue":{"number":7}"#, nil, nil),
        // Whatever a body holds, it is no reason to refuse it.
        ("issues", #""issue":[]"#, nil, nil),
        ("issues", #""issue":null"#, nil, nil),
        ("issues", #""issue":{"number":"7","updated_at":7}"#, nil, nil),
        ("issues", #""issue":{"number":0}"#, nil, nil),
        ("issues", #""issue":{"number":2147483648}"#, nil, nil),
        ("issues", #""issue":{"number":2147483647}"#, 2_147_483_647, nil),
    ])
    func `the number is that of the issue or pull request, and the time that of its change`(
        _ event: String,
        _ fields: String,
        _ number: Int?,
        _ time: String?
    ) {
        let subject = DeliverySubject(of: Array("{\(fields)}".utf8), event: event)
        #expect(subject.number == number)
        #expect(subject.changedAt == time.flatMap { Timestamp(iso: $0) })
        #expect(subject.sender == "")
    }

    @Test(arguments: [
        (#"{"login":"octocat"}"#, "octocat"), (#"{"login":"dependabot[bot]"}"#, "dependabot[bot]"),
        (#"{"login":"a\u0000b"}"#, "ab"), (#"{"login":"\u001b[2J"}"#, ""), (#"{"login":"ünicode"}"#, ""),
        (#"{"login":7}"#, ""), ("[]", ""), ("null", ""), (#"{"login":""}"#, ""),
    ])
    func `the sender is a login or nobody`(_ sender: String, _ login: String) {
        #expect(DeliverySubject(of: Array(#"{"sender":\#(sender)}"#.utf8), event: "label").sender == login)
    }

    @Test func `a login of more than 100 bytes is none, and what is no JSON is about nothing`() {
        let long = String(repeating: "a", count: 101)
        #expect(DeliverySubject(of: Array(#"{"sender":{"login":"\#(long)"}}"#.utf8), event: "label").sender == "")
        #expect(DeliverySubject(of: Array("{".utf8), event: "issues") == DeliverySubject())
        #expect(DeliverySubject(of: [], event: "issues") == DeliverySubject())
    }
}
