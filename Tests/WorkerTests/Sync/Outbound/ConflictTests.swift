import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Queue
@testable import Sync
@testable import Worker

/// What an event says of a field that both sides changed.
@Suite struct ConflictTests {
    private static let edited: SampleIssue = {
        var issue = SampleIssue(7)
        (issue.title, issue.body) = ("On GitHub", "Text on GitHub")
        (issue.state, issue.stateReason, issue.closedAt) = ("closed", "completed", SampleIssue.time(5))
        issue.updatedAt = SampleIssue.time(5)
        return issue
    }()

    /// In Plane, each field is changed to something else.
    private static let everything: Query = """
        update public.issues as i
        set name = 'In Plane', description_html = '<p>Text in Plane</p>', state_id = s.id
        from public.states as s where s.project_id = i.project_id and s.name = 'Cancelled'
        """

    private static let cases: [(outbound: String, edit: Query, conflicts: [String], title: String)] = [
        (#"{"issues": "linked"}"#, everything, ["state github", "text github", "title github"], "On GitHub"),
        (
            #"{"issues": "linked", "conflict": "plane"}"#, everything,
            ["state plane", "text plane", "title plane"], "In Plane"
        ),
        // What does not go to GitHub is no conflict.
        (#"{"issues": "linked", "without": ["title", "state"]}"#, everything, ["text github"], "On GitHub"),
        (#"{"issues": "off"}"#, everything, [], "On GitHub"),
        // Nor is what says the same, or what the editor wrote anew.
        (
            #"{"issues": "linked", "conflict": "plane"}"#,
            """
            update public.issues
            set name = 'On GitHub', description_html = replace(description_html, '<p', '<p data-id="a1"')
            """, [], "On GitHub"
        ),
    ]

    @Test(arguments: cases)
    func `a conflict is told of, with the field and whose value stays`(
        _ outbound: String,
        _ edit: Query,
        _ conflicts: [String],
        _ title: String
    ) async throws {
        try await SyncBench.with(checksRules: false) { bench in
            try await bench.deliver(SampleIssue(7).event("opened"))
            try await bench.drain()
            try await bench.connection.execute(
                """
                insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
                select id, jsonb_build_object('outbound', \(outbound)::text::jsonb), 'test'
                from public.github_repository_syncs
                """
            )
            try await bench.connection.execute(edit)
            let id = try await bench.deliver(Self.edited.event("edited"))
            try await bench.drain()
            #expect(try await bench.connection.conflicts(in: id) == conflicts)
            let issue = try #require(try await bench.issues().first)
            #expect(issue.name == title)
        }
    }
}

extension Connection {
    fileprivate func conflicts(in event: UUID) throws -> [String] {
        try run(
            """
            select (did ->> 'field') || ' ' || (did ->> 'stays') as conflict
            from github_sync.github_webhook_events as e
            cross join lateral jsonb_path_query(e.result, '$.projects[*].did[*] ? (@.kind == "conflict")') as did
            where e.id = \(event) order by 1
            """
        ).map { try $0.get("conflict") }
    }
}
