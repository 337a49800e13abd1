import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// Where an issue stands, and when it was completed.
@Suite struct StateRuleTests {
    private static func move(_ bench: SyncBench, to state: String) async throws {
        try await bench.connection.move(to: state)
    }

    @Test(arguments: ["Todo", "In Progress"])
    func `a Plane user's move inside the open states survives any number of edits`(state: String) async throws {
        try await SyncBench.with { bench in
            var issue = ActionScene.issue
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            try await Self.move(bench, to: state)
            for second in 1...20 {
                issue.updatedAt = SampleIssue.time(second)
                issue.title = "Title \(second)"
                issue.labels = second.isMultiple(of: 2) ? [ActionScene.bug] : []
                try await bench.deliver(issue.event(second.isMultiple(of: 2) ? "labeled" : "edited"))
                let comment = SampleComment(Int64(second))
                try await bench.deliver(issue.event("created", comment), .issueComment)
                if second.isMultiple(of: 5) { try await bench.drain(batch: second) }
            }
            let stored = try #require(try await bench.issues().first)
            #expect(stored.name == "Title 20")
            #expect(stored.state == state)
            #expect(stored.completedAt == nil)
        }
    }

    @Test(arguments: [("completed", 15 as Int?), ("not_planned", nil), ("duplicate", nil)])
    func `completed_at is GitHub's closed_at and never moves on later edits`(
        reason: String,
        completed: Int?
    ) async throws {
        try await SyncBench.with { bench in
            var issue = ActionScene.issue
            try await bench.deliver(issue.event("opened"))
            issue.state = "closed"
            issue.stateReason = reason
            issue.closedAt = SampleIssue.time(15)
            for second in 15...25 {
                issue.updatedAt = SampleIssue.time(second)
                issue.title = "Title \(second)"
                try await bench.deliver(issue.event(second == 15 ? "closed" : "edited"))
                try await bench.drain()
                let stored = try #require(try await bench.issues().first)
                #expect(stored.name == "Title \(second)")
                #expect(stored.state == (completed == nil ? "Cancelled" : "Done"))
                #expect(stored.completedAt == completed.flatMap { Timestamp(iso: SampleIssue.time($0)) })
            }
        }
    }

    @Test func `closed again with another reason, an issue moves and its completion follows`() async throws {
        try await SyncBench.with { bench in
            var issue = ActionScene.closed
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            issue.stateReason = "duplicate"
            issue.updatedAt = SampleIssue.time(20)
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            var stored = try #require(try await bench.issues().first)
            #expect(stored.state == "Cancelled")
            #expect(stored.completedAt == nil)
            issue.stateReason = "completed"
            issue.closedAt = SampleIssue.time(30)
            issue.updatedAt = SampleIssue.time(30)
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            stored = try #require(try await bench.issues().first)
            #expect(stored.state == "Done")
            #expect(stored.completedAt == Timestamp(iso: SampleIssue.time(30)))
        }
    }

    @Test func `an issue that a Plane user completed stays so while GitHub shows it open, and takes GitHub's time`()
        async throws
    {
        try await SyncBench.with { bench in
            var issue = ActionScene.issue
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            try await bench.connection.complete(at: SampleIssue.time(5))
            issue.title = "Another title"
            issue.updatedAt = SampleIssue.time(6)
            try await bench.deliver(issue.event("edited"))
            try await bench.drain()
            var stored = try #require(try await bench.issues().first)
            #expect(stored.state == "Done")
            #expect(stored.completedAt == Timestamp(iso: SampleIssue.time(5)))

            try await bench.deliver(ActionScene.closed.event("closed"))
            try await bench.drain()
            stored = try #require(try await bench.issues().first)
            #expect(stored.state == "Done")
            #expect(stored.completedAt == Timestamp(iso: SampleIssue.time(10)))
        }
    }

    @Test func `an issue that a Plane user took up again stays open on later edits of the closed one`() async throws {
        try await SyncBench.with { bench in
            var issue = ActionScene.closed
            try await bench.deliver(issue.event("closed"))
            try await bench.drain()
            try await Self.move(bench, to: "In Progress")
            issue.title = "Another title"
            issue.updatedAt = SampleIssue.time(20)
            try await bench.deliver(issue.event("edited"))
            try await bench.drain()
            let stored = try #require(try await bench.issues().first)
            #expect(stored.name == "Another title")
            #expect(stored.state == "In Progress")
            #expect(stored.completedAt == nil)
        }
    }
}

extension Connection {
    /// As Plane writes it: an issue outside group completed has no time of completion.
    fileprivate func move(to state: String) throws {
        try run(
            """
            update public.issues set completed_at = null, state_id = (
                select s.id from public.states as s where s.project_id = issues.project_id and s.name = \(state)
            )
            """
        )
    }

    fileprivate func complete(at time: String) throws {
        try run(
            """
            update public.issues set completed_at = \(time)::text::timestamptz, state_id = (
                select s.id from public.states as s where s.project_id = issues.project_id and s.name = 'Done'
            )
            """
        )
    }
}
