import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Inspect
@testable import Run

@Suite(.timeLimit(.minutes(10))) struct IssueLogTests {
    private static let later = ContinuousClock.Instant.now + .seconds(600)

    /// The log of issue 1 after `deliver` has put deliveries into the queue and all were worked on.
    private static func log(
        of reference: String = "GH-1",
        _ check: @Sendable (IssueLog) throws -> Void,
        after deliver: @Sendable (SyncBench) async throws -> Void
    ) async throws {
        try await SyncBench.with { bench in
            try await deliver(bench)
            // What ingest writes beside the payload, and the bench does not.
            try await bench.connection.execute(
                """
                update github_sync.github_webhook_events
                set repository_id = \(SampleRepository.rocket.id), action = payload ->> 'action'
                """
            )
            try await bench.connection.fillSubjects(until: later)
            let reference = try #require(IssueReference(reference))
            try check(await bench.connection.issueLog(of: reference))
        }
    }

    @Test(arguments: ["GH-1", "gh-1", "acme/rocket#1", "Acme/Rocket/1"])
    func `all that came is told in GitHub's order, with what it changed and why something did not`(
        _ reference: String
    ) async throws {
        try await Self.log(of: reference) { log in
            #expect(log.found.issues.map(\.name) == ["GH-1"])
            #expect(log.found.places.map(\.name) == [SampleRepository.rocket.fullName + "#1"])
            #expect(
                log.entries.map(\.what) == [
                    "octocat opened the issue", "octocat commented", "octocat edited the issue",
                    "octocat closed the issue",
                ]
            )
            #expect(log.entries.map(\.outcome) == [.applied, .applied, .superseded, .applied])
            #expect(log.entries.map(\.isInForce) == [false, false, false, true])
            #expect(log.entries[0].details.first == "created GH-1 in Backlog")
            #expect(log.entries[1].details.first == "GH-1: comment added")
            #expect(log.entries[2].details.first == "GH-1: skipped: older than what we have")
            #expect(!log.isCut)
            #expect(log.open.isEmpty)
        } after: { bench in
            var issue = SampleIssue(1)
            try await bench.deliver(issue.event("opened", by: .octocat))
            try await bench.drain()
            var late = issue
            late.title = "A title that came late"
            late.updatedAt = SampleIssue.time(20)
            (issue.state, issue.stateReason, issue.updatedAt) = ("closed", "completed", SampleIssue.time(30))
            try await bench.deliver(issue.event("closed", by: .octocat))
            try await bench.drain()
            try await bench.deliver(late.event("edited", by: .octocat))
            var comment = SampleComment(7)
            comment.updatedAt = SampleIssue.time(10)
            var first = SampleIssue(1)
            first.updatedAt = SampleIssue.time(10)
            try await bench.deliver(first.event("created", comment, by: .octocat), .issueComment)
            // Of another issue, and of no issue.
            try await bench.deliver(SampleIssue(2).event("opened", by: .octocat))
            try await bench.drain()
        }
    }

    @Test func `what waits and what failed is told as well`() async throws {
        try await Self.log(of: SampleRepository.rocket.fullName + "#1") { log in
            #expect(log.entries.map(\.outcome) == [.failed, .waiting])
            #expect(log.entries[0].details.count == 1)
            #expect(log.found.issues.isEmpty)
        } after: { bench in
            // Its time is missing, which an issue must have.
            let body = #"""
                {"action":"opened","issue":{"id":1,"number":1,"title":"x"},"repository":\#
                {"id":\#(SampleRepository.rocket.id),"full_name":"\#(SampleRepository.rocket.fullName)"},"sender":null}
                """#
            try await bench.deliver(Array(body.utf8))
            try await bench.drain()
            var issue = SampleIssue(1)
            issue.updatedAt = SampleIssue.time(100_000_000)
            try await bench.deliver(issue.event("opened", by: .octocat))
        }
    }

    @Test func `what was sent to GitHub is told between what came from there`() async throws {
        try await Self.log { log in
            #expect(log.entries.map(\.direction) == [.fromGitHub, .fromGitHub, .toGitHub, .toGitHub])
            #expect(log.entries[2].what == "the issue in Plane was sent to GitHub")
            #expect(log.entries[2].details == ["title: New", "closed"])
            #expect(log.entries[3].what == "a comment in Plane was sent to GitHub")
            #expect(log.open.map(\.standing) == [.waits])
        } after: { bench in
            var issue = SampleIssue(1)
            issue.updatedAt = "2026-01-01T00:00:00Z"
            try await bench.deliver(issue.event("opened", by: .octocat))
            try await bench.deliver(issue.event("created", SampleComment(7), by: .octocat), .issueComment)
            try await bench.drain()
            try await bench.connection.send()
        }
    }

    @Test(arguments: ["GH-77", "acme/rocket#77", "nobody/nothing#1"])
    func `of what is not known there is no log`(_ name: String) async throws {
        try await SyncBench.with { bench in
            let reference = try #require(IssueReference(name))
            await #expect(throws: LookupFailure.self) { try await bench.connection.issueLog(of: reference) }
        }
    }
}

extension Connection {
    /// Enters into the log of what was sent that issue 1 and its comment went to GitHub, and has the issue wait again.
    fileprivate func send() throws {
        try run(
            """
            with sync as (select id from public.github_repository_syncs),
            issue as (select id from public.issues where sequence_id = 1),
            sent as (
                insert into github_sync.github_outbound_log (repository_sync_id, kind, plane_id, sent)
                select sync.id, 'issue', issue.id, array['title: New', 'closed'] from sync, issue
                union all
                select sync.id, 'comment', c.id, array['comment changed']
                from sync, issue inner join public.issue_comments as c on c.issue_id = issue.id
            )
            insert into github_sync.github_outbound (repository_sync_id, kind, plane_id)
            select sync.id, 'issue', issue.id from sync, issue
            """
        )
    }
}
