import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Worker

/// Somebody saves in Plane after the sync has read the row and before it writes.
@Suite struct SavedMeanwhileTests {
    private static let issue: SampleIssue = {
        var issue = SampleIssue(7)
        (issue.state, issue.stateReason, issue.closedAt) = ("closed", "not_planned", SampleIssue.time(3))
        return issue
    }()

    @Test(.timeLimit(.minutes(10)))
    func `a state that is written over leaves no time of completion`() async throws {
        var opened = Self.issue
        (opened.state, opened.stateReason, opened.closedAt) = ("open", "reopened", nil)
        opened.updatedAt = SampleIssue.time(5)
        try await Self.meet(
            opened.event("reopened"),
            """
            update public.issues as i set state_id = s.id, completed_at = now()
            from public.states as s where s.project_id = i.project_id and s.name = 'Done'
            """,
            stays: "github"
        ) { bench in
            let issue = try #require(try await bench.issues().first)
            #expect(issue.state == "Backlog")
            #expect(issue.completedAt == nil)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a title stays where Plane's side has the last word`() async throws {
        var renamed = Self.issue
        (renamed.title, renamed.updatedAt) = ("On GitHub", SampleIssue.time(5))
        try await Self.meet(renamed.event("edited"), "update public.issues set name = 'In Plane'") { bench in
            let issue = try #require(try await bench.issues().first)
            #expect(issue.name == "In Plane")
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `so does the text of a comment`() async throws {
        var comment = SampleComment(9)
        (comment.body, comment.updatedAt) = ("On GitHub", SampleIssue.time(5))
        let save: Query = "update public.issue_comments set comment_html = '<p>In Plane</p>'"
        try await Self.meet(Self.issue.event("edited", comment), save, as: .issueComment) { bench in
            let comment = try #require(try await bench.comments().first)
            #expect(comment.html == "<p>In Plane</p>")
        }
    }

    /// Lets a delivery meet a transaction of Plane's that has written and not committed when the sync reads.
    private static func meet(
        _ delivery: [UInt8],
        _ save: Query,
        as event: EventType = .issues,
        stays conflict: String = "plane",
        _ check: @Sendable (SyncBench) async throws -> Void
    ) async throws {
        // On a busy machine the sync may give up waiting for the row before the transaction commits.
        for _ in 1...20 {
            let didMeet = Mutex(false)
            // What stands in for Plane's save writes only what matters here.
            try await SyncBench.with(checksRules: false) { bench in
                try await bench.configure(
                    #"{"outbound": {"issues": "linked", "comments": "all", "conflict": "\#(conflict)"}}"#
                )
                try await bench.deliver(issue.event("closed"))
                try await bench.deliver(issue.event("created", SampleComment(9)), .issueComment)
                try await bench.drain()
                let id = try await bench.deliver(delivery, event)
                let plane = bench.database.connection("plane")
                try await plane.execute("begin")
                try await plane.execute(save)
                async let conflicts = bench.drain()
                _ = try await eventually(within: .seconds(60)) { try await plane.isWaitedFor() }
                try await plane.execute("commit")
                guard try await conflicts > 0, try await bench.event(id).status == .completed else { return }
                try await check(bench)
                didMeet.withLock { $0 = true }
            }
            if didMeet.withLock({ $0 }) { return }
        }
        Issue.record("the sync never met the other transaction")
    }
}

extension Connection {
    /// Whether another session waits for what this one holds.
    fileprivate func isWaitedFor() throws -> Bool {
        try run(
            """
            select exists (
                select from pg_stat_activity as a where pg_backend_pid() = any(pg_blocking_pids(a.pid))
            ) as value
            """
        )[0].get("value")
    }
}
