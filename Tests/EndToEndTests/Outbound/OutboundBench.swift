import Database
import Foundation
import TestSupport
import Testing

/// A repository on a GitHub of the test's own whose issues were imported, with a worker that sends what changes in Plane.
struct OutboundBench: Sendable {
    static let rocket = SampleRepository.rocket
    static let repositoryWords = ["--repository", rocket.fullName]

    let repository: FakeRepository
    let database: TestDatabase
    let connection: Connection
    let settings: [String: String]
    let worker: WorkerProgram

    /// Issues 1 to `count`, each second one with a label.
    static func filled(_ count: Int64, _ change: (inout SampleIssue) -> Void = { _ in }) -> FakeRepository {
        var state = FakeRepository.State()
        state.labels = [SampleLabel(3, "bug")]
        state.assignable = [.demo, .octocat]
        for number in stride(from: 1, through: count, by: 1) {
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            if number.isMultiple(of: 2) { issue.labels = [SampleLabel(3, "bug")] }
            change(&issue)
            state.issues.append(issue)
        }
        return FakeRepository(rocket, state)
    }

    /// Runs `body` once the issues are imported and `configure` was run with these options.
    ///
    /// `keepsRules` tells whether Plane's rows are in order then; its own deletions leave some behind.
    static func run(
        _ repository: FakeRepository,
        _ options: [String],
        handler: FakeServer.Handler? = nil,
        keepsRules: Bool = true,
        _ body: @Sendable (OutboundBench) async throws -> Void
    ) async throws {
        try await FakeServer.run(handler ?? repository.handler) { server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                _ = try await connection.connectRepository(rocket.id, rocket.fullName)
                let settings = [
                    "GITHUB_API_URL": server.origin, "GITHUB_TOKEN": "ghp_test", "GITHUB_SWEEP_SECONDS": "0",
                    "PLANE_WEB_URL": "https://plane.example.com", "WORKER_LEASE": "2",
                ]
                let worker = try await WorkerProgram(database, settings)
                let bench = OutboundBench(
                    repository: repository,
                    database: database,
                    connection: connection,
                    settings: settings,
                    worker: worker
                )
                try await bench.importAll()
                let configured = try await CommandsRun.worker(["configure"] + repositoryWords + options, on: database)
                #expect(configured.status == 0, "\(configured.errors)")
                try await body(bench)
                if keepsRules { #expect(try await connection.brokenRules() == []) }
                #expect(try await worker.stop() == 0)
            }
        }
    }

    /// Brings to Plane what GitHub shows.
    func importAll() async throws {
        let run = try await CommandsRun.worker(["import"] + Self.repositoryWords, on: database)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    /// Expects that GitHub's state comes to meet a condition, and then that nothing waits any more.
    func expect(
        _ condition: @escaping @Sendable (FakeRepository.State) -> Bool,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let isMet = try await eventually(within: .seconds(90)) { condition(repository.now) }
        let log = worker.program.text.suffix(3_000)
        #expect(isMet, "\(repository.now.issues) \(repository.now.writes) \(log)", sourceLocation: location)
        try await expectRest(location)
    }

    /// Expects that nothing is left to do, on either way.
    func expectRest(_ location: SourceLocation = #_sourceLocation) async throws {
        let rests = try await eventually(within: .seconds(60)) { try await connection.isAtRest() }
        #expect(rests, "\(worker.program.text.suffix(3_000))", sourceLocation: location)
    }

    /// Long enough for a look and for everything that it finds.
    func waitForLooks() async throws {
        try await Task.sleep(for: .seconds(9))
        try await expectRest()
    }

    /// Changes GitHub as somebody does there, without a webhook.
    func onGitHub(_ edit: @Sendable (FakeRepository, inout FakeRepository.State) -> Void) {
        repository.update { edit(repository, &$0) }
    }
}

extension Connection {
    /// Whether nothing waits, on either way.
    func isAtRest() throws -> Bool {
        try value(
            """
            select not exists (
                select from github_sync.github_webhook_events where status in ('pending', 'processing')
                union all
                select from github_sync.github_outbound where status in ('pending', 'processing')
            ) as value
            """
        )
    }

    /// Has what waits for GitHub come at once.
    func hurry() throws {
        try change(
            """
            update github_sync.github_outbound set run_at = now()
            where status = 'pending' and error_message is not null
            """
        )
    }

    /// Makes an issue as Plane does.
    func makePlaneIssue(_ name: String, _ html: String = "<p>Text</p>", id: UUID = UUID()) throws {
        try change(
            "select pg_advisory_xact_lock(github_sync.number_lock_key(\(ConnectedRepository.Project.demo.rawValue)::text::uuid))",
            """
            insert into public.issues (
                id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name, description_html,
                description_stripped, description_json, priority, sequence_id, sort_order, is_draft
            )
            select \(id), now(), now(), (select id from public.users where not is_bot order by id limit 1),
                s.project_id, s.workspace_id, s.id, \(name), \(html), regexp_replace(\(html), '<[^>]*>', '', 'g'), '{}',
                'none', (select max(sequence) + 1 from public.issue_sequences where project_id = s.project_id), 1, false
            from public.states as s
            where s.project_id = \(ConnectedRepository.Project.demo.rawValue)::text::uuid and s."default"
            """,
            """
            insert into public.issue_sequences (
                id, sequence, deleted, issue_id, project_id, workspace_id, created_at, updated_at
            )
            select gen_random_uuid(), sequence_id, false, id, project_id, workspace_id, now(), now()
            from public.issues where id = \(id)
            """
        )
    }

    /// Writes a comment as Plane does.
    func makePlaneComment(_ text: String, on issue: String) throws {
        let description = UUID()
        let html = "<p>\(text)</p>"
        try change(
            """
            insert into public.descriptions (
                id, description_html, description_json, description_stripped, project_id, workspace_id, created_at,
                updated_at
            )
            select \(description), \(html), '{}', \(text), project_id, workspace_id, now(), now()
            from public.issues where name = \(issue)
            """,
            """
            insert into public.issue_comments (
                id, issue_id, description_id, comment_html, comment_stripped, comment_json, attachments, access,
                actor_id, created_by_id, project_id, workspace_id, created_at, updated_at
            )
            select gen_random_uuid(), i.id, \(description), \(html), \(text), '{}', '{}', 'INTERNAL', u.id, u.id,
                i.project_id, i.workspace_id, now(), now()
            from public.issues as i, (select id from public.users where not is_bot order by id limit 1) as u
            where i.name = \(issue)
            """
        )
    }

    func planeTitles() throws -> [String] {
        try values("select name as value from public.issues where deleted_at is null order by sequence_id")
    }
}
