import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Worker

/// Deliveries with something in them that `jsonb` refuses: an ignore rule must see through it, not let it pass.
@Suite struct RuleInputTests {
    /// JSON of a field nobody knows.
    private static let values = [
        #""\u0000""#, #""a\u0000b""#, #""\ud800""#, #""\udfff\ud800""#, "1e400000", "-1e400000", "1e-400000",
        String(repeating: "9", count: 140_000), #"{"\u0000": 1}"#,
        String(repeating: "[", count: 490) + String(repeating: "]", count: 490),
    ]

    private static func payload(_ value: String, title: String) -> [UInt8] {
        var issue = SampleIssue(1)
        issue.title = title
        let text = String(decoding: issue.event("opened"), as: UTF8.self)
        return Array("{\"extra\":\(value),\(text.dropFirst())".utf8)
    }

    @Test(arguments: values)
    func `an ignore rule keeps out what it means, whatever else is in the delivery`(value: String) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"ignore": ["$.issue.title starts with \"WIP\""]}"#)
            let meant = try await bench.deliver(Self.payload(value, title: "WIP: later"))
            try await bench.drain()
            #expect(try await bench.issues() == [])
            #expect(try await bench.event(meant).result?.contains("settings: ignored by $.issue.title") == true)
            let other = try await bench.deliver(Self.payload(value, title: "Ready"))
            try await bench.drain()
            #expect(try await bench.event(other).status == .completed)
            #expect(try await bench.issues().map(\.name) == ["Ready"])
        }
    }

    @Test func `a number beyond all others is still larger than what a rule compares it with`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"ignore": ["$.extra > 1000"]}"#)
            try await bench.deliver(Self.payload("1e400000", title: "Too many"))
            try await bench.drain()
            #expect(try await bench.issues() == [])
        }
    }

    @Test func `a U+0000 in the field that a rule looks at is left out`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"ignore": ["$.issue.title == \"NUL inside\""]}"#)
            var issue = SampleIssue(1)
            issue.title = "NUL \u{0}inside"
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            #expect(try await bench.issues() == [])
        }
    }

    @Test func `where rules cannot be applied the project does not get the delivery, others do`() async throws {
        try await SyncBench.with { bench in
            let rocket = SampleRepository.rocket
            _ = try await bench.connection.connectRepository(rocket.id, rocket.fullName, to: .second)
            // What only PostgreSQL sees to be wrong, and only with a payload at hand.
            try await bench.connection.configureFirst(#"{"ignore": ["$.at.datetime() < \"2026-01-01\".datetime()"]}"#)
            let text = String(decoding: SampleIssue(1).event("opened"), as: UTF8.self)
            let id = try await bench.deliver(
                Array("{\"at\":\"2026-01-02 10:00:00+00:00\",\(text.dropFirst())".utf8)
            )
            try await bench.drain()
            let event = try await bench.event(id)
            #expect(event.status == .failed)
            #expect(event.retries == 0)
            #expect(event.error?.contains("the rules of GH could not be applied") == true)
            #expect(try await bench.connection.projectsWithIssues() == ["SEC"])

            // Once the settings are mended a replay brings it to the first, too.
            try await bench.connection.configureFirst("{}")
            try await bench.connection.execute(
                "update github_sync.github_webhook_events set status = 'pending', error_message = null"
            )
            try await bench.drain()
            #expect(try await bench.event(id).status == .completed)
            #expect(try await bench.connection.projectsWithIssues() == ["GH", "SEC"])
        }
    }

    @Test func `an action nobody knows may hold U+0000`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("in\u{0}vented"))
            try await bench.drain()
            let event = try await bench.event(id)
            #expect(event.status == .completed)
            #expect(event.result?.contains("unknown action invented") == true)
        }
    }
}

extension Connection {
    /// Settings of the demo project's connection alone.
    fileprivate func configureFirst(_ document: String) throws {
        try run(
            """
            insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
            select s.id, \(document)::text::jsonb, 'a test'
            from public.github_repository_syncs as s
            inner join public.projects as p on p.id = s.project_id
            where p.identifier = 'GH'
            on conflict (repository_sync_id) do update set settings = excluded.settings
            """
        )
    }

    fileprivate func projectsWithIssues() throws -> [String] {
        try run(
            """
            select distinct p.identifier from public.issues as i inner join public.projects as p on p.id = i.project_id
            order by 1
            """
        ).map { try $0.get("identifier") }
    }
}
