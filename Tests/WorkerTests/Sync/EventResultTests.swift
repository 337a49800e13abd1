import Testing

@testable import Queue
@testable import Run
@testable import Sync
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
        #expect(
            result.completed
                == .completed(.applied, result: #"{"outcome":"applied","projects":[\#(first),\#(second)]}"#)
        )
    }

    @Test func `an ignored event says why`() throws {
        #expect(
            EventResult.ignored("unknown action \"x\"").completed
                == .completed(.ignored, result: #"{"outcome":"ignored","projects":[],"reason":"unknown action \"x\""}"#)
        )
    }

    @Test func `U+0000, which jsonb refuses, is left out`() throws {
        #expect(
            EventResult.ignored("a\u{0}b \\u0000 \u{0}").completed
                == .completed(.ignored, result: #"{"outcome":"ignored","projects":[],"reason":"ab \\u0000 "}"#)
        )
    }

    @Test(arguments: [
        (Outcome.completed(.applied, result: "{}"), SyncStatus.completed),
        (.completed(.superseded, result: "{}"), .superseded),
        (.completed(.ignored, result: "{}"), .ignored),
        (.retry(after: .seconds(1), reason: "r"), .retried),
        (.delayed(by: .seconds(1), reason: "r"), .delayed),
        (.failed(reason: "r"), .failed),
    ])
    func `each outcome is counted under its own word`(outcome: Outcome, status: SyncStatus) {
        #expect(SyncStatus(outcome) == status)
    }
}
