import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// What somebody changed in Plane, and deliveries that are about something else.
@Suite struct PlaneEditTests {
    @Test(arguments: ["pinned", "edited"])
    func `a comment edited in Plane stays as it is, time of edit included, until GitHub edits it`(
        action: String
    ) async throws {
        try await SyncBench.with { bench in
            let comment = SampleComment(7)
            try await bench.deliver(ActionScene.issue.event("created", comment), .issueComment)
            try await bench.drain()
            try await bench.connection.editComments(at: SampleIssue.time(9))
            let before = try await bench.facts()
            let id = try await bench.deliver(ActionScene.issue.event(action, comment), .issueComment)
            try await bench.drain()
            #expect(try await bench.facts().difference(from: before) == [])
            #expect(try await bench.event(id).result?.contains("nothing to change") == true)

            var edited = comment
            edited.body = "Better"
            edited.updatedAt = SampleIssue.time(20)
            try await bench.deliver(ActionScene.issue.event("edited", edited), .issueComment)
            try await bench.drain()
            let stored = try #require(try await bench.comments().first)
            #expect(stored.html.hasSuffix("<p>Better</p>"))
            #expect(stored.editedAt == Timestamp(iso: SampleIssue.time(20)))
        }
    }
}

extension Connection {
    fileprivate func editComments(at time: String) throws {
        try run([
            """
            update public.issue_comments
            set comment_html = '<p>By hand</p>', comment_stripped = 'By hand', edited_at = \(time)::text::timestamptz
            """,
            "update public.descriptions set description_html = '<p>By hand</p>', description_stripped = 'By hand'",
        ])
    }
}
