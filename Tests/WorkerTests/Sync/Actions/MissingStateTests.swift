import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// Projects that lack a state for what GitHub shows.
@Suite struct MissingStateTests {
    /// A later snapshot of one issue after another.
    private struct Scene {
        let bench: SyncBench
        private var issue = SampleIssue(12)
        private var second = 0
        private(set) var result = ""

        init(_ bench: SyncBench) { self.bench = bench }

        mutating func show(_ state: String, _ reason: String? = nil, title: String = "A title") async throws -> String?
        {
            second += 1
            issue.state = state
            issue.stateReason = reason
            issue.closedAt = state == "closed" ? issue.closedAt ?? SampleIssue.time(second) : nil
            issue.title = title
            issue.updatedAt = SampleIssue.time(second)
            let id = try await bench.deliver(
                issue.event(second == 1 ? "opened" : state == "open" ? "reopened" : "closed")
            )
            try await bench.drain()
            result = try await bench.event(id).result ?? ""
            return try await bench.issues().first?.state
        }
    }

    @Test(
        arguments: [
            ("completed", ["Done"], "no state of group completed", "Cancelled", "Done"),
            ("not_planned", ["Cancelled"], "no state of group cancelled", "Done", "Cancelled"),
            ("completed", ["Done", "Cancelled"], "no state of group completed", "Backlog", "Done"),
            ("duplicate", ["Done", "Cancelled"], "no state of group cancelled", "Backlog", "Cancelled"),
        ]
    )
    func `another ended state is taken if there is one, and the next delivery catches up`(
        reason: String,
        missing: [String],
        lack: String,
        meanwhile: String,
        atLast: String
    ) async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            #expect(try await scene.show("open") == "Backlog")
            for state in missing { try await bench.connection.removeState(state) }
            #expect(try await scene.show("closed", reason) == meanwhile)
            #expect(scene.result.contains(lack), "\(scene.result)")
            #expect(try await scene.show("closed", reason, title: "Another title") == meanwhile)
            #expect(scene.result.contains(lack), "\(scene.result)")
            for state in missing { try await bench.connection.restoreState(state) }
            #expect(try await scene.show("closed", reason, title: "A third title") == atLast)
            #expect(!scene.result.contains(lack))
            #expect(scene.result.contains("state \(meanwhile) → \(atLast)"))
            let closed = Timestamp(iso: SampleIssue.time(2))
            #expect(try await bench.issues().first?.completedAt == (atLast == "Done" ? closed : nil))
        }
    }

    @Test func `who moved the issue meanwhile has the last word`() async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            _ = try await scene.show("open")
            for state in ["Done", "Cancelled"] { try await bench.connection.removeState(state) }
            #expect(try await scene.show("closed", "completed") == "Backlog")
            try await bench.connection.moveIssue(to: "In Progress")
            #expect(try await scene.show("closed", "completed", title: "Another title") == "In Progress")
            for state in ["Done", "Cancelled"] { try await bench.connection.restoreState(state) }
            #expect(try await scene.show("closed", "completed", title: "A third title") == "In Progress")
            try await bench.connection.moveIssue(to: "Backlog")
            #expect(try await scene.show("closed", "completed", title: "A fourth title") == "Backlog")
        }
    }

    @Test func `an issue that is made or opened again meanwhile waits for nothing`() async throws {
        try await SyncBench.with { bench in
            for state in ["Done", "Cancelled"] { try await bench.connection.removeState(state) }
            var scene = Scene(bench)
            #expect(try await scene.show("closed", "completed") == "Backlog")
            #expect(scene.result.contains("no state of group completed"))
            #expect(try await scene.show("open") == "Backlog")
            for state in ["Done", "Cancelled"] { try await bench.connection.restoreState(state) }
            #expect(try await scene.show("open", title: "Another title") == "Backlog")
            #expect(try await scene.show("closed", "completed") == "Done")
        }
    }

    @Test func `an issue that is made closed catches up too`() async throws {
        try await SyncBench.with { bench in
            try await bench.connection.removeState("Done")
            var scene = Scene(bench)
            #expect(try await scene.show("closed", "completed") == "Cancelled")
            try await bench.connection.restoreState("Done")
            #expect(try await scene.show("closed", "completed", title: "Another title") == "Done")
        }
    }

    @Test func `a state that settings name and somebody deleted is named, and gone to once it is back`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"states": {"completed": "Shipped", "open": "Todo"}}"#)
            try await bench.connection.removeState("Todo")
            var scene = Scene(bench)
            #expect(try await scene.show("open") == "Backlog")
            #expect(scene.result.contains("no state Todo, which settings name"))
            #expect(try await scene.show("closed", "completed") == "Done")
            #expect(scene.result.contains("no state Shipped, which settings name"))
            try await bench.connection.rename("In Progress", to: "Shipped")
            try await bench.connection.restoreState("Todo")
            #expect(try await scene.show("closed", "completed", title: "Another title") == "Shipped")
            #expect(try await scene.show("open") == "Todo")
        }
    }

    @Test func `an issue opened again waits where it is when every open state is gone`() async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            #expect(try await scene.show("closed", "completed") == "Done")
            for state in ["Backlog", "Todo", "In Progress"] { try await bench.connection.removeState(state) }
            #expect(try await scene.show("open") == "Done")
            #expect(scene.result.contains("no default state"))
            try await bench.connection.restoreState("Todo")
            #expect(try await scene.show("open", title: "Another title") == "Todo")
            try await bench.connection.restoreState("Backlog")
            #expect(try await scene.show("open", title: "A third title") == "Backlog")
        }
    }

    @Test func `what a pull request is to do with an issue is made up for as well`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"pull_requests": {"open": "In Progress", "merged": "Done"}}"#)
            for state in ["In Progress", "Done"] { try await bench.connection.removeState(state) }
            try await bench.deliver(SampleIssue(12).event("opened"))
            let opened = try await bench.deliver(ActionScene.pull(at: 1).event("opened"), .pullRequest)
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().map(\.state) == ["Backlog"])
            let lack = "no state In Progress, which settings name"
            #expect(try await bench.event(opened).result?.contains(lack) == true)
            try await bench.connection.restoreState("In Progress")
            try await bench.deliver(ActionScene.pull(at: 2).event("synchronize"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
            try await bench.deliver(ActionScene.pull(.merged, at: 3).event("closed"), .pullRequest)
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["In Progress"])
            try await bench.connection.restoreState("Done")
            var issue = SampleIssue(12)
            issue.updatedAt = SampleIssue.time(4)
            try await bench.deliver(issue.event("edited"))
            try await bench.drain()
            #expect(try await bench.issues().map(\.state) == ["Done"])
        }
    }
}

extension Connection {
    fileprivate func removeState(_ name: String) throws {
        try run("update public.states set deleted_at = now() where name = \(name)")
    }

    fileprivate func restoreState(_ name: String) throws {
        try run("update public.states set deleted_at = null where name = \(name)")
    }

    fileprivate func rename(_ name: String, to other: String) throws {
        try run("update public.states set name = \(other) where name = \(name)")
    }

    fileprivate func moveIssue(to state: String) throws {
        try run(
            """
            update public.issues set completed_at = null, state_id = (
                select s.id from public.states as s where s.project_id = issues.project_id and s.name = \(state)
            )
            """
        )
    }
}
