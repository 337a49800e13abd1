import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsConnectTests {
    private static func words(
        project: String = "GH",
        workspace: String = "demo",
        repository: String = "octocat/hello",
        id: Int = 1_296_269
    ) -> [String] {
        [
            "connect", "--workspace", workspace, "--project", project, "--repository", repository,
            "--repository-id", String(id),
        ]
    }

    /// How many rows each table has that a connect writes into.
    private static func counts(_ connection: Connection) async throws -> [String: Int] {
        let rows = try await connection.run(
            """
            select 'integrations' as name, count(*) as n from public.integrations
            union all select 'bots', count(*) from public.users where is_bot
            union all select 'tokens', count(*) from public.api_tokens
            union all select 'workspace_integrations', count(*) from public.workspace_integrations
            union all select 'workspace_members', count(*) from public.workspace_members
            union all select 'project_members', count(*) from public.project_members
            union all select 'labels', count(*) from public.labels
            union all select 'repositories', count(*) from public.github_repositories
            union all select 'syncs', count(*) from public.github_repository_syncs
            """,
            as: TableCount.self
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.count) })
    }

    private struct TableCount: RowDecodable {
        let name: String
        let count: Int

        init(row: Row) throws {
            name = try row.get("name")
            count = try row.get("n")
        }
    }

    @Test func `everything Plane needs is written, and keeps its rules`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let before = try await Self.counts(connection)
            let run = try await CommandsRun.worker(Self.words(), on: database)
            #expect(run.status == 0)
            #expect(run.errors == "")
            #expect(run.lines.first == "connected octocat/hello (1296269) to demo/GH")
            for words in [
                "/api/webhooks/github-mcp/", "application/json",
                "issues, issue_comment, pull_request, label, repository",
                "Issues, Issue comments, Pull requests, Labels, Repositories",
            ] {
                #expect(run.output.contains(words))
            }
            let after = try await Self.counts(connection)
            #expect(after == before.mapValues { $0 + 1 })
            #expect(try await connection.brokenRules() == [])
            let isRight: Bool = try await connection.value(
                """
                select bool_and(
                    repository.owner = 'octocat' and repository.name = 'hello' and repository.repository_id = 1296269
                    and repository.url = 'https://github.com/octocat/hello' and project.identifier = 'GH'
                    and repository.workspace_id = project.workspace_id and sync.workspace_id = project.workspace_id
                    and sync.project_id = project.id and label.name = 'GitHub' and label.color = '#003773'
                    and label.project_id = project.id and sync.actor_id = link.actor_id
                    and bot.is_bot and bot.is_active and bot.password like '!%' and bot.email like '%@plane.so'
                    and not token.is_active and token.user_type = 1 and token.user_id = bot.id
                    and integration.provider = 'github' and member.role = 20 and member.is_active
                    and workspace_member.role = 20 and workspace_member.is_active
                ) as value
                from public.github_repository_syncs as sync
                join public.github_repositories as repository on repository.id = sync.repository_id
                join public.projects as project on project.id = repository.project_id
                join public.labels as label on label.id = sync.label_id
                join public.workspace_integrations as link on link.id = sync.workspace_integration_id
                join public.integrations as integration on integration.id = link.integration_id
                join public.users as bot on bot.id = link.actor_id
                join public.api_tokens as token on token.id = link.api_token_id
                join public.project_members as member on member.member_id = bot.id and member.project_id = project.id
                join public.workspace_members as workspace_member on workspace_member.member_id = bot.id
                    and workspace_member.workspace_id = project.workspace_id
                """
            )
            #expect(isRight)
        }
    }

    @Test func `a second connect of the same changes nothing`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await CommandsRun.worker(Self.words(), on: database)
            let before: String = try await connection.value(Self.everything)
            let run = try await CommandsRun.worker(Self.words(project: "gh"), on: database)
            #expect(run.status == 0)
            #expect(run.output == "already connected: octocat/hello (1296269) to demo/GH\n")
            let after: String = try await connection.value(Self.everything)
            #expect(before == after)
        }
    }

    /// The content of all rows a connect touches, row versions included.
    private static let everything: Query = """
        select concat(
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.integrations as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.users as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.api_tokens as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.workspace_integrations as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.workspace_members as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.project_members as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.labels as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.github_repositories as t),
            (select string_agg(t::text || t.xmin, ',' order by t.id) from public.github_repository_syncs as t)
        ) as value
        """

    @Test func `another project of the workspace shares the bot and follows the same repository`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let before = try await Self.counts(connection)
            _ = try await CommandsRun.worker(Self.words(), on: database)
            let run = try await CommandsRun.worker(Self.words(project: "SEC"), on: database)
            #expect(run.status == 0)
            let shared: Set = ["integrations", "bots", "tokens", "workspace_integrations", "workspace_members"]
            let after = try await Self.counts(connection)
            for (table, count) in after {
                #expect(count - (before[table] ?? 0) == (shared.contains(table) ? 1 : 2), "\(table)")
            }
            #expect(try await connection.brokenRules() == [])
        }
    }

    @Test func `another repository in the same project adds just that`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await CommandsRun.worker(Self.words(), on: database)
            let before = try await Self.counts(connection)
            let run = try await CommandsRun.worker(Self.words(repository: "octocat/other", id: 2), on: database)
            #expect(run.status == 0)
            let after = try await Self.counts(connection)
            for (table, count) in after {
                #expect(
                    count - (before[table] ?? 0) == (["repositories", "syncs"].contains(table) ? 1 : 0),
                    "\(table)"
                )
            }
        }
    }

    @Test func `connects at the same time double nothing`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            // Another workspace's connect made it. Its name is unique, and waiting for it would put them in a row.
            try await connection.change(
                """
                insert into public.integrations (
                    id, created_at, updated_at, title, provider, network, description, author, webhook_url,
                    webhook_secret, redirect_url, metadata, verified
                )
                values (gen_random_uuid(), now(), now(), 'GitHub', 'github', 1, '{}', '', '', '', '', '{}', true)
                """
            )
            let before = try await Self.counts(connection)
            #expect(try await Self.connectFourTimes(Self.words(), on: database) == 1)
            for (table, count) in try await Self.counts(connection) where table != "integrations" {
                #expect(count - (before[table] ?? 0) == 1, "\(table)")
            }
        }
    }

    /// Connects in four processes that all wait at the same place, and says how many wrote something.
    private static func connectFourTimes(_ words: [String], on database: TestDatabase) async throws -> Int {
        let gate = database.connection("gate")
        try await gate.runScript("begin; lock table public.workspaces in access exclusive mode", within: .seconds(10))
        let runs = try await withThrowingTaskGroup(of: CommandsRun.self) { group in
            for _ in 0..<4 { group.addTask { try await CommandsRun.worker(words, on: database) } }
            let areWaiting = try await eventually {
                let waiting: Int = try await database.connection().value(
                    """
                    select count(*) as value from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                    """
                )
                return waiting == 4
            }
            #expect(areWaiting)
            try await gate.runScript("commit", within: .seconds(10))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(runs.map(\.status) == [0, 0, 0, 0])
        return runs.count { !$0.output.hasPrefix("already connected") }
    }

    @Test func `a new name for the same number is taken over`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await CommandsRun.worker(Self.words(), on: database)
            let before = try await Self.counts(connection)
            let run = try await CommandsRun.worker(Self.words(repository: "new-owner/new.name"), on: database)
            #expect(run.status == 0)
            #expect(run.output.contains("until now octocat/hello"))
            #expect(try await Self.counts(connection) == before)
            let name: String = try await connection.value(
                "select concat_ws(' ', owner, name, url) as value from public.github_repositories"
            )
            #expect(name == "new-owner new.name https://github.com/new-owner/new.name")
        }
    }

    @Test func `a connection that was deleted comes back under its id`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let first = try await CommandsRun.worker(Self.words() + ["--json"], on: database).json
            try await connection.change(
                "update public.github_repository_syncs set deleted_at = now()",
                "update public.labels set deleted_at = now() where name = 'GitHub'",
                "update public.integrations set deleted_at = now()",
                "update public.workspace_integrations set deleted_at = now()",
                "update public.project_members set is_active = false where role = 20"
            )
            let second = try await CommandsRun.worker(Self.words() + ["--json"], on: database).json
            #expect(second["already_connected"] as? Bool == false)
            #expect(second["repository_sync_id"] as? String == first["repository_sync_id"] as? String)
            #expect(try await connection.brokenRules() == [])
            let third = try await CommandsRun.worker(Self.words(), on: database)
            #expect(third.output.hasPrefix("already connected"))
        }
    }

    @Test func `the JSON has all its keys`() async throws {
        try await TestDatabase.with { database in
            let json = try await CommandsRun.worker(Self.words() + ["--json"], on: database).json
            #expect(
                Set(json.keys) == [
                    "workspace", "project", "repository", "repository_id", "repository_sync_id", "already_connected",
                    "written", "permissions", "missing_permissions", "webhook_id", "webhook_path",
                    "webhook_content_type", "webhook_events", "sweep_seconds",
                ]
            )
            #expect(json["repository_id"] as? Int == 1_296_269)
            let events = ["issues", "issue_comment", "pull_request", "label", "repository"]
            #expect(json["webhook_events"] as? [String] == events)
        }
    }

    @Test(arguments: [
        (words(workspace: "nope"), "no workspace has the slug 'nope'; there are: demo"),
        (words(project: "NOPE"), "no project in workspace demo has the identifier 'NOPE'; there are: GH, SEC"),
    ])
    func `a place that does not exist is answered with those that do`(_ words: [String], _ message: String) async throws
    {
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors == "plane-worker: \(message)\n")
        }
    }

    @Test(arguments: [
        ("update public.projects set archived_at = now() where identifier = 'GH'" as Query, "project GH is archived"),
        (
            """
            update public.states set deleted_at = now()
            where "group" <> 'triage' and project_id = (select id from public.projects where identifier = 'GH')
            """ as Query, "project GH has no state an issue could be in"
        ),
        ("update public.workspaces set deleted_at = now()" as Query, "there is none at all"),
    ])
    func `a project nothing could be written to is refused and left alone`(
        _ change: Query,
        _ message: String
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.change(change)
            let before = try await Self.counts(connection)
            let run = try await CommandsRun.worker(Self.words(), on: database)
            #expect(run.status == 1)
            #expect(run.errors.contains(message))
            #expect(try await Self.counts(connection) == before)
        }
    }
}
