import JSON
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
                .init(project: "GH", issue: "GH-12", changes: [.titleChanged, .labelAdded("a/b\u{0}")]),
                .init(project: "SEC", issue: nil, changes: [.skipped(.older)]),
            ]
        )
        let words = #"["title changed","label a/b added"]"#
        let did = #"[{"kind":"title_changed"},{"kind":"label_added","label":"a/b"}]"#
        let first = #"{"changes":\#(words),"did":\#(did),"issue":"GH-12","project":"GH"}"#
        let skip = #"{"kind":"skipped","reason":"older"}"#
        let second = #"{"changes":["skipped: older than what we have"],"did":[\#(skip)],"project":"SEC"}"#
        #expect(
            result.completed
                == .completed(.applied, result: #"{"outcome":"applied","projects":[\#(first),\#(second)]}"#)
        )
    }

    @Test func `an issue that was made is named once it has its number`() {
        #expect(Change.created(state: "Backlog").words(on: "GH-12") == "created GH-12 in Backlog")
        #expect(Change.created(state: "Backlog").words(on: nil) == "created in Backlog")
    }

    @Test func `a change on an issue that a pull request names is counted as that change`() {
        let change = Change.onIssue("GH-3", .stateChanged(from: nil, to: "Done"))
        #expect(change.words(on: nil) == "GH-3: state none → Done")
        #expect(change.json.text == #"{"kind":"state_changed","issue":"GH-3","from":"","to":"Done"}"#)
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
