import Testing

@testable import Worker

@Suite struct EventResultTests {
    @Test func `a result is one JSON object with its keys in order`() throws {
        let result = EventResult(
            outcome: .applied,
            projects: [
                .init(project: "GH", issue: "GH-12", changes: ["title changed", "label a/b added"]),
                .init(project: "SEC", issue: nil, changes: ["skipped: older than what we have"]),
            ]
        )
        let first = #"{"changes":["title changed","label a/b added"],"issue":"GH-12","project":"GH"}"#
        let second = #"{"changes":["skipped: older than what we have"],"project":"SEC"}"#
        #expect(try result.json() == #"{"outcome":"applied","projects":[\#(first),\#(second)]}"#)
    }

    @Test func `an ignored event says why`() throws {
        #expect(
            try EventResult.ignored("unknown action \"x\"").json()
                == #"{"outcome":"ignored","projects":[],"reason":"unknown action \"x\""}"#
        )
    }

    @Test func `U+0000, which jsonb refuses, is left out`() throws {
        #expect(
            try EventResult.ignored("a\u{0}b \\u0000 \u{0}").json()
                == #"{"outcome":"ignored","projects":[],"reason":"ab \\u0000 "}"#
        )
    }

    @Test(arguments: [
        (Outcome.completed(EventResult(outcome: .applied)), SyncStatus.completed),
        (.completed(EventResult(outcome: .superseded)), .superseded),
        (.completed(.ignored("r")), .ignored),
        (.retry(after: .seconds(1), reason: "r"), .retried),
        (.delayed(by: .seconds(1), reason: "r"), .delayed),
        (.failed(reason: "r"), .failed),
    ])
    func `each outcome is counted under its own word`(outcome: Outcome, status: SyncStatus) {
        #expect(SyncStatus(outcome) == status)
    }
}
