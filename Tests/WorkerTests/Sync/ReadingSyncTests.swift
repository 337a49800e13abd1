import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Sync

/// What was read from GitHub's API, beside what deliveries say.
@Suite struct ReadingSyncTests {
    private static func issue(_ title: String, at seconds: Int = 0) -> SampleIssue {
        var issue = SampleIssue(1)
        issue.title = title
        issue.updatedAt = SampleIssue.time(seconds)
        return issue
    }

    @Test func `an issue that was only read is created as it is`() async throws {
        try await SyncBench.with { bench in
            var issue = Self.issue("Closed long ago")
            issue.state = "closed"
            issue.closedAt = SampleIssue.time(0)
            issue.labels = [SampleLabel(3, "bug")]
            let id = try await bench.deliver(issue.reading(at: SampleIssue.time(500)))
            try await bench.drain()
            let stored = try await bench.issues()
            #expect(stored.map(\.name) == ["Closed long ago"])
            #expect(stored.map(\.labels) == [["bug"]])
            #expect(try await bench.event(id).status == .completed)
        }
    }

    /// In whatever order they come, and whichever of the deliveries was received after the reading.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `what was read after a second decides about it`(_ order: [Int]) async throws {
        try await SyncBench.with { bench in
            // Both edits say that they are the last; only the reading tells.
            let bodies = [
                Self.issue("first").event("edited", with: .from(title: "second")),
                Self.issue("second").event("edited", with: .from(title: "first")),
                Self.issue("first").reading(at: SampleIssue.time(2)),
            ]
            for place in order {
                try await bench.deliver(bodies[place])
                try await bench.drain()
            }
            #expect(try await bench.issues().map(\.name) == ["first"])
        }
    }

    @Test func `what was read within the second is one of several snapshots`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue("early").reading(at: SampleIssue.time(0)))
            try await bench.drain()
            let delta = SampleDelta.from(title: "early")
            try await bench.deliver(Self.issue("late").event("edited", with: delta))
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["late"])
        }
    }

    @Test func `a newer delivery beats what was read, and an older reading changes nothing`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue("old").reading(at: SampleIssue.time(500)))
            try await bench.deliver(Self.issue("new", at: 100).event("edited"))
            try await bench.drain()
            let stale = try await bench.deliver(Self.issue("stale", at: 50).reading(at: SampleIssue.time(900)))
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["new"])
            #expect(try await bench.event(stale).result?.contains("superseded") == true)
        }
    }

    @Test func `a comment that was read waits for its issue, at no cost`() async throws {
        try await SyncBench.with { bench in
            let issue = Self.issue("later")
            let id = try await bench.deliver(
                issue.reading(of: SampleComment(70), at: SampleIssue.time(500)),
                .issueComment
            )
            try await bench.drain()
            let waiting = try await bench.event(id)
            #expect(waiting.status == .pending)
            #expect(waiting.retries == 0)
            #expect(waiting.error == "its issue was not read yet")
            try await bench.deliver(issue.reading(at: SampleIssue.time(500)))
            try await bench.drain()
            try await bench.connection.execute(
                "update github_sync.github_webhook_events set run_at = now() where status = 'pending'"
            )
            try await bench.drain()
            #expect(try await bench.event(id).status == .completed)
            #expect(try await bench.comments().count == 1)
        }
    }

    @Test func `a comment that was read shows nothing of its issue`() async throws {
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue("as it is", at: 5).event("opened"))
            try await bench.drain()
            try await bench.deliver(
                Self.issue("not this").reading(of: SampleComment(70), at: SampleIssue.time(500)),
                .issueComment
            )
            try await bench.drain()
            #expect(try await bench.issues().map(\.name) == ["as it is"])
            #expect(try await bench.comments().count == 1)
        }
    }

    @Test func `without the time of the answer a reading is refused`() {
        let body = Array(#"{"action":"read","issue":{},"repository":{"id":1,"full_name":"a/b"}}"#.utf8)
        let event = ClaimedEvent(
            id: UUID(),
            deliveryID: "d",
            type: "issues",
            payload: body,
            retries: 0,
            crashes: 0,
            age: .zero
        )
        guard case .fail(let reason) = Route(event) else {
            Issue.record("not refused")
            return
        }
        #expect(reason == "the payload cannot be used: read_at: missing")
    }
}
