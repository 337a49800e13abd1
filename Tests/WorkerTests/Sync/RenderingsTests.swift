import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Sync
@testable import Worker

/// What is rendered before the transaction, and what happens when that was not all.
@Suite struct RenderingsTests {
    private static func batch(_ payloads: [([UInt8], EventType)]) -> SyncBatch {
        let ids = EventIDGenerator()
        let events = payloads.map { payload, type in
            ClaimedEvent(
                id: ids.next(),
                deliveryID: "d",
                type: type.rawValue,
                payload: payload,
                retries: 0,
                crashes: 0,
                age: .zero
            )
        }
        return RoutedBatch(Claim(token: UUID(), events: events)).sync
    }

    @Test func `only the newest body of an object is rendered, and only where a delivery tells of another text`() {
        func bodies(_ payloads: [([UInt8], EventType)]) -> [String] {
            Self.batch(payloads).likelyBodies.map(\.text).sorted()
        }
        var issue = SampleIssue(1)
        issue.body = "First"
        var comment = SampleComment(1)
        comment.body = "Said"
        issue.updatedAt = SampleIssue.time(10)
        issue.title = "Renamed"
        let renamed = issue.event("edited", with: .from(title: "Old"))
        #expect(bodies([(renamed, .issues)]) == [])
        #expect(bodies([(issue.event("labeled"), .issues)]) == [])
        #expect(bodies([(issue.event("created", comment), .issueComment)]) == ["Said"])
        issue.body = "Second"
        issue.updatedAt = SampleIssue.time(20)
        comment.body = "Said better"
        comment.updatedAt = SampleIssue.time(20)
        let edited = issue.event("edited", with: .from(body: "First"))
        let opened = (SampleIssue(2).event("opened"), EventType.issues)
        // In whatever order they came.
        #expect(
            bodies([(edited, .issues), (issue.event("edited", comment), .issueComment), (renamed, .issues), opened])
                == ["Said better", "Second", "Some text"]
        )
        #expect(bodies([(SampleIssue(3).event("deleted"), .issues)]) == [])
        #expect(bodies([(issue.event("deleted", comment), .issueComment)]) == [])
    }

    @Test func `what the deliveries do not tell is rendered all the same`() async throws {
        try await SyncBench.with { bench in
            // Known by a comment first, and by a label.
            try await bench.deliver(SampleIssue(1).event("created", SampleComment(1)), .issueComment)
            try await bench.deliver(SampleIssue(2).event("labeled"))
            try await bench.drain()
            #expect(
                try await bench.issues().map(\.html) == [
                    ActionScene.author + "<p>Some text</p>", ActionScene.author + "<p>Some text</p>",
                ]
            )
            #expect(try await bench.comments().count == 1)
        }
    }

    @Test func `planning asks for what was not rendered and writes nothing`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            let claim = try await bench.connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
            let error = await #expect(throws: Missing.self) { try await bench.connection.sync(RoutedBatch(claim)) }
            guard case .bodies(let bodies) = error else { return }
            #expect(bodies.map(\.text) == ["Some text"])
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(id).status == .processing)

            var renderings = Renderings()
            await renderings.add(bodies)
            try await bench.connection.sync(RoutedBatch(claim), with: renderings)
            #expect(try await bench.issues().map(\.html) == [ActionScene.author + "<p>Some text</p>"])
        }
    }

    @Test func `a body that a rule makes is rendered once it is known, at the first attempt`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"transform": [{"set": "body", "to": "From **settings**"}]}"#)
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            try await bench.deliver(SampleIssue(2).event("created", SampleComment(1)), .issueComment)
            try await bench.drain()
            #expect(
                Set(try await bench.issues().map(\.html)) == [
                    ActionScene.author + "<p>From <strong>settings</strong></p>"
                ]
            )
            #expect(try await bench.comments().count == 1)
            #expect(try await bench.event(id).retries == 0)
        }
    }
}
