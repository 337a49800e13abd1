import Database
import Foundation
import TestSupport
import Testing

/// Repositories on a GitHub of the test's own whose issues were imported, with a worker that sends what changes in Plane.
struct OutboundBench: Sendable {
    /// A project in Plane that follows a repository, with the options of `configure`.
    struct Following: Sendable {
        let repository: FakeRepository
        var project = ConnectedRepository.Project.demo
        let options: [String]

        fileprivate var words: [String] {
            let name = project == .demo ? "GH" : "SEC"
            return ["--workspace", "demo", "--project", name, "--repository", repository.repository.fullName]
        }
    }

    static let rocket = SampleRepository.rocket

    /// Of each repository once, in the order of what follows them.
    let repositories: [FakeRepository]
    /// What each project calls its connection.
    let syncs: [UUID]
    let database: TestDatabase
    let connection: Connection
    let settings: [String: String]
    let worker: WorkerProgram
    fileprivate let webhook: FakeWebhook?

    /// The first one, which is the only one of most tests.
    var repository: FakeRepository { repositories[0] }

    /// Issues 1 to `count`, each second one with a label.
    static func filled(
        _ count: Int64,
        of repository: SampleRepository = rocket,
        webhook: FakeWebhook? = nil,
        _ change: (inout SampleIssue) -> Void = { _ in }
    ) -> FakeRepository {
        var state = FakeRepository.State()
        state.labels = [SampleLabel(3, "bug")]
        state.assignable = [.demo, .octocat]
        // Nobody else's comment on GitHub has the same id.
        state.newestComment = repository.id * 1_000
        for number in stride(from: 1, through: count, by: 1) {
            var issue = SampleIssue(number, repository: repository)
            issue.title = "Issue \(number)"
            if number.isMultiple(of: 2) { issue.labels = [SampleLabel(3, "bug")] }
            change(&issue)
            state.issues.append(issue)
        }
        return FakeRepository(repository, state) { webhook?.send($0) }
    }

    /// Runs `body` once the issues are imported and `configure` was run with these options.
    ///
    /// `keepsRules` tells whether Plane's rows are in order then; its own deletions leave some behind.
    static func run(
        _ repository: FakeRepository,
        _ options: [String],
        webhook: FakeWebhook? = nil,
        handler: FakeServer.Handler? = nil,
        credentials: [String: String] = ["GITHUB_TOKEN": "ghp_test"],
        keepsRules: Bool = true,
        _ body: @Sendable (OutboundBench) async throws -> Void
    ) async throws {
        try await run(
            [Following(repository: repository, options: options)],
            webhook: webhook,
            handler: handler,
            credentials: credentials,
            keepsRules: keepsRules,
            body
        )
    }

    /// `webhook` delivers to a plane-ingest what happens in the repositories, whose changes it is given.
    static func run(
        _ followings: [Following],
        webhook: FakeWebhook? = nil,
        handler: FakeServer.Handler? = nil,
        credentials: [String: String] = ["GITHUB_TOKEN": "ghp_test"],
        keepsRules: Bool = true,
        _ body: @Sendable (OutboundBench) async throws -> Void
    ) async throws {
        var repositories: [FakeRepository] = []
        for following in followings where !repositories.contains(where: { $0 === following.repository }) {
            repositories.append(following.repository)
        }
        try await FakeServer.run(handler ?? Self.handler(of: repositories)) { [repositories] server in
            try await TestDatabase.with { database in
                let connection = database.connection()
                var syncs: [UUID] = []
                for following in followings {
                    let (id, name) = (following.repository.repository.id, following.repository.repository.fullName)
                    syncs.append(try await connection.connectRepository(id, name, to: following.project).syncID)
                }
                let settings = [
                    "GITHUB_API_URL": server.origin, "GITHUB_SWEEP_SECONDS": "0",
                    "PLANE_WEB_URL": "https://plane.example.com", "WORKER_LEASE": "2",
                ].merging(credentials) { $1 }
                let bench = OutboundBench(
                    repositories: repositories,
                    syncs: syncs,
                    database: database,
                    connection: connection,
                    settings: settings,
                    worker: try await WorkerProgram(database, settings),
                    webhook: webhook
                )
                let ingest = webhook == nil ? nil : try await IngestProgram(database)
                try await bench.importAll()
                for following in followings {
                    let words = ["configure"] + following.words + following.options
                    let configured = try await CommandsRun.worker(words, on: database)
                    #expect(configured.status == 0, "\(configured.errors)")
                }
                if let ingest { webhook?.deliver(to: ingest) }
                try await body(bench)
                if keepsRules {
                    let broken = try await connection.brokenRules()
                    #expect(broken == [], "\(broken)")
                }
                #expect(webhook?.refused ?? 0 == 0)
                if let ingest { #expect(try await ingest.stop() == 0) }
                #expect(try await bench.worker.stop() == 0)
            }
        }
    }

    /// One API for all repositories.
    private static func handler(of repositories: [FakeRepository]) -> FakeServer.Handler {
        { request in
            let asked = repositories.first { request.path.hasPrefix("/repos/\($0.repository.fullName)") }
            return (asked ?? repositories[0]).handler(request)
        }
    }

    /// Brings to Plane what GitHub shows.
    func importAll() async throws {
        for repository in repositories {
            let words = ["import", "--repository", repository.repository.fullName]
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
        }
    }

    /// Expects that GitHub's state comes to meet a condition, and then that nothing waits any more.
    func expect(
        _ condition: @escaping @Sendable (FakeRepository.State) -> Bool,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let isMet = try await eventually(within: .seconds(90)) { condition(repository.now) }
        let log = worker.program.text.suffix(3_000)
        #expect(isMet, "\(repository.now.issues) \(repository.now.writes) \(log)", sourceLocation: location)
        try await expectRest(within: .seconds(60), location)
    }

    /// Expects that nothing is left to do, on either way.
    func expectRest(within limit: Duration = .seconds(60), _ location: SourceLocation = #_sourceLocation) async throws {
        let rests = try await eventually(within: limit) {
            guard webhook?.isCalm ?? true else { return false }
            return try await connection.isAtRest()
        }
        #expect(rests, "\(worker.program.text.suffix(3_000))", sourceLocation: location)
    }

    /// Has somebody look at Plane's rows once more, and waits for everything that is found, without the pause after a
    /// change.
    func waitForLooks(_ location: SourceLocation = #_sourceLocation) async throws {
        let start: Double = try await connection.value(
            "select extract(epoch from clock_timestamp())::float8 as value"
        )
        let hasLooked = try await eventually(within: .seconds(60)) { try await connection.hasLooked(since: start) }
        #expect(hasLooked, "\(worker.program.text.suffix(3_000))", sourceLocation: location)
        try await connection.letPass(20)
        try await expectRest(within: .seconds(60), location)
    }

    /// Lets the longest wait after an obstacle pass, and expects that GitHub's state comes to meet a condition and nothing
    /// waits any more.
    func expectRecovery(
        _ location: SourceLocation = #_sourceLocation,
        _ condition: @escaping @Sendable (FakeRepository.State) -> Bool
    ) async throws {
        // Who met the obstacle at the last moment waits once more.
        for _ in 1...4 {
            try await connection.letPass(450)
            let hasRecovered = try await eventually(within: .seconds(20)) {
                let isAtRest = try await connection.isAtRest()
                return isAtRest && condition(repository.now)
            }
            if hasRecovered { return }
        }
        let log = worker.program.text.suffix(3_000)
        Issue.record("\(repository.now.issues) \(repository.now.writes) \(log)", sourceLocation: location)
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

    /// Whether a look at Plane's rows has begun since; has the next one not be left out.
    fileprivate func hasLooked(since time: Double) throws -> Bool {
        try change(
            "update github_sync.github_outbound_looks set looked_at = null where looked_at < to_timestamp(\(time))"
        )
        return try value(
            "select exists (select from github_sync.github_outbound_looks where looked_at > to_timestamp(\(time))) as value"
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
    func makePlaneIssue(
        _ name: String,
        _ html: String = "<p>Text</p>",
        id: UUID = UUID(),
        in project: ConnectedRepository.Project = .demo
    ) throws {
        try change(
            "select pg_advisory_xact_lock(github_sync.number_lock_key(\(project.id)))",
            """
            insert into public.issues (
                id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name, description_html,
                description_stripped, description_json, priority, sequence_id, sort_order, is_draft
            )
            select \(id), now(), now(), (select id from public.users where not is_bot order by id limit 1),
                s.project_id, s.workspace_id, s.id, \(name), \(html), regexp_replace(\(html), '<[^>]*>', '', 'g'), '{}',
                'none',
                (select coalesce(max(sequence), 0) + 1 from public.issue_sequences where project_id = s.project_id), 1,
                false
            from public.states as s
            where s.project_id = \(project.id) and s."default"
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
    func makePlaneComment(
        _ text: String,
        on issue: String,
        id: UUID = UUID(),
        in project: ConnectedRepository.Project = .demo
    ) throws {
        let description = UUID()
        let html = "<p>\(text)</p>"
        try change(
            """
            insert into public.descriptions (
                id, description_html, description_json, description_stripped, project_id, workspace_id, created_at,
                updated_at
            )
            select \(description), \(html), '{}', \(text), project_id, workspace_id, now(), now()
            from public.issues where name = \(issue) and project_id = \(project.rawValue)::text::uuid
            """,
            """
            insert into public.issue_comments (
                id, issue_id, description_id, comment_html, comment_stripped, comment_json, attachments, access,
                actor_id, created_by_id, project_id, workspace_id, created_at, updated_at
            )
            select \(id), i.id, \(description), \(html), \(text), '{}', '{}', 'INTERNAL', u.id, u.id,
                i.project_id, i.workspace_id, now(), now()
            from public.issues as i, (select id from public.users where not is_bot order by id limit 1) as u
            where i.name = \(issue) and i.project_id = \(project.rawValue)::text::uuid
            """
        )
    }

    func planeTitles() throws -> [String] {
        try values("select name as value from public.issues where deleted_at is null order by sequence_id")
    }
}
