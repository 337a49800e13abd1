import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Outbound

/// Which rows of Plane a look finds.
@Suite struct OutboundLookTests {
    private static let rocket = SampleRepository.rocket

    /// Runs `body` where everything goes to GitHub, and a first look has been taken.
    private static func run(_ body: @Sendable (Connection) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = try await connection.connectRepository(rocket.id, rocket.fullName)
            try await connection.askForOutbound(in: rocket, issues: "all")
            #expect(try await connection.look() != nil)
            try await body(connection)
        }
    }

    @Test func `a look at what Plane's webhook named leaves the rest to the next look at everything`() async throws {
        try await Self.run { connection in
            let named = try await connection.makeIssues(1)[0]
            let other = try await connection.makeIssues(1)[0]
            let look = try await connection.look(at: connection.wake([named]))
            #expect(look?.found == 1)
            #expect(try await connection.waiting() == [named])
            #expect(try await connection.dueWithin(seconds: 2) == [named])

            try await connection.letLooksBeDue()
            #expect(try await connection.look()?.found == 1)
            #expect(try await connection.waiting() == [named, other])
            // What is known of the one that was named does not hold it up; the other waits for a pause.
            #expect(try await connection.dueWithin(seconds: 2) == [named])
        }
    }

    @Test func `rules that are new are looked at as a whole also after a look at what was named`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
            let issues = try await connection.makeIssues(2)
            try await connection.askForOutbound(in: rocket, issues: "all")
            #expect(try await connection.look(at: connection.wake([issues[0]]))?.found == 1)
            #expect(try await connection.look()?.found == 1)
            #expect(try await connection.waiting() == Set(issues))
        }
    }

    @Test func `a look that took long is followed by a long pause, whoever looks next, and the first look by none`()
        async throws
    {
        try await Self.run { connection in
            func look(after seconds: Double) async throws -> Bool {
                try await connection.execute(
                    "update github_sync.github_outbound_looks set looked_at = now() - make_interval(secs => \(seconds))"
                )
                return try await connection.look() != nil
            }
            #expect(try await connection.run(OutboundLooks.read).durationSeconds == nil)
            #expect(try await look(after: 70))
            #expect(try await connection.run(OutboundLooks.read).durationSeconds != nil)

            try await connection.noteLook(age: 0, duration: 10)
            #expect(try await !look(after: 190))
            #expect(try await look(after: 210))
        }
    }

    @Test func `nothing is looked at while nobody asks for anything to be sent`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
            let issues = try await connection.makeIssues(1)
            #expect(try await connection.look(at: connection.wake(issues)) == nil)
            #expect(try await connection.look() == nil)
        }
    }

    /// As long as an older transaction is open, each look finds all that was written since it began.
    @Test func `what was decided about an issue stays until one of its rows is written again`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
            try await connection.askForOutbound(in: rocket, issues: "all")
            let old = database.connection("old")
            try await old.execute("begin")
            try await old.execute("select pg_current_xact_id()")
            let issue = try await connection.makeIssues(1)[0]
            #expect(try await connection.look()?.found == 1)
            let due = try await connection.dueTimes()
            func found() async throws -> Int? {
                try await connection.letLooksBeDue()
                return try await connection.look()?.found
            }

            #expect(try await found() == 0)
            #expect(try await connection.dueTimes() == due)
            for write: Query in [
                "update public.issues set updated_at = now()",
                """
                with label as (
                    insert into public.labels (
                        id, created_at, updated_at, name, color, description, sort_order, project_id, workspace_id
                    )
                    select gen_random_uuid(), now(), now(), 'bug', '', '', 1, project_id, workspace_id from public.issues
                    returning id
                )
                insert into public.issue_labels (
                    id, created_at, updated_at, issue_id, label_id, project_id, workspace_id
                )
                select gen_random_uuid(), now(), now(), i.id, l.id, i.project_id, i.workspace_id
                from public.issues as i cross join label as l
                """,
                "update public.issue_labels set deleted_at = now()",
                """
                update github_sync.github_sync_settings set settings = jsonb_set(settings, '{outbound,without}', '["text"]')
                """,
            ] {
                try await connection.execute(
                    """
                    update github_sync.github_outbound
                    set status = 'failed', processed_at = now(), retry_count = 8, crash_count = 9
                    """
                )
                #expect(try await found() == 0)
                #expect(try await connection.waiting() == [])
                try await connection.execute(write)
                #expect(try await found() == 1, "\(write)")
                #expect(try await connection.waiting() == [issue], "\(write)")
                // What it cost to bring earlier changes to GitHub does not count any more.
                #expect(try await connection.failures() == [0, 0], "\(write)")
            }
            try await old.execute("rollback")
        }
    }

    @Test func `deletions are left to a look at everything, which counts them`() async throws {
        try await Self.run { connection in
            try await connection.execute(
                """
                update github_sync.github_sync_settings set settings = jsonb_set(settings, '{outbound,delete}', '"close"')
                """
            )
            let issues = try await connection.makeIssues(21)
            try await connection.linkIssues()
            _ = try await connection.look()
            try await connection.execute("update public.issues set deleted_at = now()")
            #expect(try await connection.look(at: connection.wake(issues))?.found == 0)

            try await connection.letLooksBeDue()
            #expect(try await connection.look()?.found == 21)
            #expect(try await connection.run(OutboundTotals.read).wantsApproval == 21)
        }
    }
}

extension Connection {
    /// As somebody makes them in Plane.
    func makeIssues(_ count: Int) throws -> [UUID] {
        let ids = (0..<count).map { _ in UUID() }
        try execute(
            """
            insert into public.issues (
                id, created_at, updated_at, project_id, workspace_id, state_id, name, description_html,
                description_json, priority, sequence_id, sort_order, is_draft
            )
            select n.id, now(), now(), s.project_id, s.workspace_id, s.id, 'Issue', '<p></p>', '{}', 'none', n.place, 1,
                false
            from public.states as s
            inner join public.github_repository_syncs as f on f.project_id = s.project_id
            cross join unnest(\(ids)) with ordinality as n (id, place)
            where s."default"
            """
        )
        return ids
    }

    /// As if all issues were on GitHub as well.
    func linkIssues() throws {
        try execute(
            """
            insert into github_sync.github_issue_versions (
                repository_sync_id, github_issue_id, issue_id, number, github_updated_at, state, title_hash
            )
            select f.id, row_number() over (), i.id, row_number() over (), now(), 'open',
                substr(sha256(convert_to(i.name, 'UTF8')), 1, 16)
            from public.issues as i
            inner join public.github_repository_syncs as f on f.project_id = i.project_id
            """
        )
    }

    /// Has Plane's webhook name issues.
    fileprivate func wake(_ issues: [UUID]) throws -> [Wake] {
        try execute(
            """
            insert into github_sync.github_outbound_wakes (kind, plane_id) select 'issue', unnest(\(issues))
            on conflict do nothing
            """
        )
        return try wakes()
    }

    /// PostgreSQL's count of written rows comes late.
    func letLooksBeDue() throws {
        try execute("update github_sync.github_outbound_looks set looked_at = now() - interval '2 minutes'")
    }

    /// When each object is due, as PostgreSQL writes it.
    fileprivate func dueTimes() throws -> [String] {
        try run("select run_at::text as value from github_sync.github_outbound order by id").map { try $0.get("value") }
    }

    fileprivate func waiting() throws -> Set<UUID> { try dueWithin(seconds: 60) }

    /// Retries and lost workers of the only object.
    fileprivate func failures() throws -> [Int] {
        let row = try run("select retry_count, crash_count from github_sync.github_outbound")[0]
        return [try row.get("retry_count"), try row.get("crash_count")]
    }

    fileprivate func dueWithin(seconds: Double) throws -> Set<UUID> {
        let rows = try run(
            """
            select plane_id from github_sync.github_outbound
            where status = 'pending' and run_at < now() + make_interval(secs => \(seconds))
            """
        )
        return Set(try rows.map { try $0.get("plane_id") })
    }
}
