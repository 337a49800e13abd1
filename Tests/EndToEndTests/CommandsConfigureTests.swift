import Foundation
import Shared
import TestSupport
import Testing

@Suite(.serialized) struct CommandsConfigureTests {
    private static let repository = "octo-demo/hello"
    private static let id: Int64 = 4711

    private static func configure(
        _ words: [String],
        on database: TestDatabase,
        as role: TestRole? = nil
    ) async throws -> CommandsRun {
        try await CommandsRun.worker(["configure", "--repository", repository] + words, on: database, as: role)
    }

    /// A database whose project GH follows the repository.
    private static func withConnection(
        _ body: @Sendable (TestDatabase, Connection, ConnectedRepository) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let repository = try await connection.connectRepository(id, repository)
            try await body(database, connection, repository)
        }
    }

    private static func document(_ connection: Connection) async throws -> String {
        let rows =
            try await connection.values("select settings::text as value from github_sync.github_sync_settings")
            as [String]
        return rows.first ?? ""
    }

    @Test func `a change is shown, stored and recorded with who made it`() async throws {
        try await Self.withConnection { database, connection, _ in
            let run = try await Self.configure(
                ["--state", "open=todo", "--priority", "p1=high", "--ignore", "$.sender.type == \"Bot\""],
                on: database
            )
            #expect(run.errors == "")
            #expect(run.status == 0)
            #expect(
                run.lines == [
                    "changed demo/GH, octo-demo/hello:",
                    "  open issues: the project's default state (default) → Todo",
                    "  priorities: none (default) → p1 → high",
                    "  ignored: nothing (default) → $.sender.type == \"Bot\"",
                ]
            )
            let isRecorded: Bool = try await connection.value(
                """
                select count(*) = 1 and bool_and(
                    s.settings = c.settings and s.changed_by = c.changed_by and s.changed_at = c.changed_at
                    and s.settings -> 'states' ->> 'open' = 'Todo'
                    and s.changed_by ~ '^[^ @]+@[^ @]+ \\(role test_admin\\)$'
                    and s.changed_at between now() - interval '1 minute' and now()
                ) as value
                from github_sync.github_sync_settings as s
                join github_sync.github_sync_settings_changes as c using (repository_sync_id)
                """
            )
            #expect(isRecorded)
        }
    }

    @Test func `only the part that is named changes, and nothing twice`() async throws {
        try await Self.withConnection { database, connection, _ in
            _ = try await Self.configure(["--accept", "issues", "--rate", "60", "--burst", "9"], on: database)
            let again = try await Self.configure(["--accept", "issues"], on: database)
            #expect(again.output == "nothing to change: demo/GH, octo-demo/hello\n")
            let json = try await Self.configure(["--rate", "none", "--new-label", "x", "--json"], on: database).json
            #expect(json["changed"] as? Bool == true)
            #expect(
                (json["changes"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == [
                    "rate", "labels of new issues",
                ]
            )
            #expect(
                json["remarks"] as? [String] == [
                    "demo/GH has no label x yet: it is made when an issue needs it"
                ]
            )
            let settings = json["settings"] as? [String: Any] ?? [:]
            #expect(Set(settings.keys) == ["accept", "new_issues"])
            let changes: Int = try await connection.value(
                "select count(*) as value from github_sync.github_sync_settings_changes"
            )
            #expect(changes == 2)
        }
    }

    @Test func `a dry run tells and writes nothing`() async throws {
        try await Self.withConnection { database, connection, _ in
            let run = try await Self.configure(["--accept", "issues", "--dry-run"], on: database)
            #expect(
                run.lines == [
                    "would change demo/GH, octo-demo/hello, nothing was written:",
                    "  accepted events: all (default) → issues",
                ]
            )
            #expect(try await Self.document(connection) == "")
            let json = try await Self.configure(["--accept", "issues", "--dry-run", "--json"], on: database).json
            #expect(json["changed"] as? Bool == false)
            #expect(json["dry_run"] as? Bool == true)
        }
    }

    @Test(arguments: [
        (
            ["--state", "open=Nope"],
            "--state open is 'Nope', expected a state of demo/GH: Backlog, Todo, In Progress, Done, Cancelled"
        ),
        (["--state", "open=Triage"], "--state open is 'Triage', expected a state of demo/GH"),
        (
            ["--pull-request-state", "merged=group:triage"],
            "--pull-request-state merged is 'group:triage', expected a group of: backlog, unstarted, started"
        ),
        (
            ["--transform", "priority=highest"],
            "--transform priority is 'highest', expected one of: urgent, high, medium, low, none"
        ),
        (["--new-parent", "GH-12"], "--new-parent is 'GH-12', but demo/GH has no such issue, or it is archived"),
        (["--new-parent", "SEC-1"], "--new-parent is 'SEC-1', expected an issue of demo/GH, as in GH-12"),
        (["--label", "bug= "], "--label bug is ' ', expected the name of a label, 1 to 255 characters"),
        (
            ["--ignore", "$.a =="],
            "--ignore is '$.a ==', which PostgreSQL refuses: syntax error at end of jsonpath input"
        ),
        (
            ["--ignore", "$.a like_regex \"[\""],
            "--ignore is '$.a like_regex \"[\"', which PostgreSQL refuses: invalid regular expression"
        ),
        (
            ["--ignore", "$ ? (@.a == 1)"],
            "--ignore is '$ ? (@.a == 1)', which is not true or false (PostgreSQL: single boolean result is expected): "
                + "write 'exists($ ? (@.a == 1))'"
        ),
        (["--ignore", "strict $ ? (@.a == 1)"], "write 'strict exists($ ? (@.a == 1))'"),
        (
            ["--ignore", "strict $.issue.locked"],
            "(PostgreSQL: JSON object does not contain key \"issue\"): compare it with something, as in "
                + "'strict $.issue.locked == true', or write 'strict exists($.issue.locked)'"
        ),
        (["--ignore", "exists($.a ? (@ == $b))"], "expected a path without variables: there are none"),
        (
            ["--transform", "title=x when $.issue.locked"],
            "--transform title, when is '$.issue.locked', which is not true or false"
        ),
        (
            ["--transform", "title=$.issue.title["],
            "--transform title is '$.issue.title[', which PostgreSQL refuses: syntax error"
        ),
        (["--transform", "title=$.a ? (@ == $b)"], "expected a path without variables"),
        (
            ["--project", "SEC", "--accept", "all"],
            "octo-demo/hello is not connected to a project SEC, but to demo/GH"
        ),
    ])
    func `what does not fit Plane or PostgreSQL is refused and changes nothing`(
        _ words: [String],
        _ message: String
    ) async throws {
        try await Self.withConnection { database, connection, _ in
            let run = try await Self.configure(["--new-label", "GitHub"] + words, on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("plane-worker: "))
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(try await Self.document(connection) == "")
        }
    }

    @Test(arguments: [
        "$.issue.user.login == \"x\"", "strict $.issue.user.login == \"x\"",
        "exists($.issue.labels[*] ? (@.name == \"$x\"))",
        "!($.issue.locked == true)", "$.issue.title starts with \"[\" && $.issue.number > 3", "-$.issue.number < 4",
        "($.issue.body like_regex \"^\\\\s*$\") is unknown", "$.issue.labels.size() > 3", "true",
    ])
    func `a predicate that only misses its keys in an empty document is taken`(_ predicate: String) async throws {
        try await Self.withConnection { database, connection, _ in
            let run = try await Self.configure(
                ["--ignore", predicate, "--transform", "label=x when \(predicate)"],
                on: database
            )
            #expect(run.status == 0, "\(run.errors)")
            // What was taken is what the worker runs.
            let answer: String = try await connection.value(
                """
                select github_sync.apply_rules('{"issue": {"number": 1, "title": "t", "labels": []}}', settings)::text
                    as value
                from github_sync.github_sync_settings
                """
            )
            #expect(!answer.contains("problem"))
        }
    }

    @Test func `what only a payload can show to be wrong is the rule's problem, not the batch's`() async throws {
        try await Self.withConnection { database, connection, _ in
            let run = try await Self.configure(
                ["--ignore", "$.at.datetime() > \"2026-01-01\".datetime()"],
                on: database
            )
            #expect(run.status == 0, "\(run.errors)")
            let problem: String = try await connection.value(
                """
                select github_sync.apply_rules('{"at": "2026-01-02 10:00:00+00:00"}', settings) ->> 'problem' as value
                from github_sync.github_sync_settings
                """
            )
            #expect(problem.contains("time zone"))
        }
    }

    @Test func `a parent and a module are rows of the project`() async throws {
        try await Self.withConnection { database, connection, _ in
            try await connection.change(
                """
                create table if not exists public.modules (
                    created_at timestamptz not null, updated_at timestamptz not null, id uuid not null primary key,
                    name varchar(255) not null, project_id uuid not null, workspace_id uuid not null,
                    archived_at timestamptz, deleted_at timestamptz
                )
                """,
                "grant select on public.modules to plane_sync_worker",
                """
                insert into public.modules (created_at, updated_at, id, name, project_id, workspace_id)
                select now(), now(), gen_random_uuid(), 'Core', id, workspace_id
                from public.projects where identifier = 'GH'
                """
            )
            try await connection.insertIssue(7, inProject: "GH")
            let run = try await Self.configure(["--new-parent", "gh-7", "--new-module", "core"], on: database)
            #expect(run.errors == "")
            #expect(
                run.lines.dropFirst() == [
                    "  parent of new issues: none (default) → GH-7", "  module of new issues: none (default) → Core",
                ]
            )
            let wrong = try await Self.configure(["--new-module", "Shell"], on: database)
            #expect(wrong.errors.contains("--new-module is 'Shell', expected a module of demo/GH; there are: Core"))
            try await connection.change("update public.issues set archived_at = now()")
            // The part that is not named is not looked at again.
            #expect(try await Self.configure(["--accept", "issues"], on: database).status == 0)
        }
    }

    @Test func `a document goes out and comes back, and a wrong one changes nothing`() async throws {
        try await Self.withConnection { database, connection, _ in
            _ = try await Self.configure(
                ["--accept", "issues", "--label", "bug=GitHub bug", "--rate", "5"],
                on: database
            )
            let before = try await Self.document(connection)
            let program = try TestEnvironment.programs.appending(path: "plane-worker").path
            let call = "'\(program)' configure --repository \(Self.repository)"
            let show = "'\(program)' show-config --repository \(Self.repository) --json"
            let same = try await CommandsRun.shell("\(show) | \(call) --file -", on: database)
            #expect(same.output.hasPrefix("nothing to change: demo/GH"))
            let wrong = try await CommandsRun.shell(
                "echo '{\"acept\": []}' | \(call) --file - || \(call) --file /nowhere/x",
                on: database
            )
            #expect(wrong.errors.contains("standard input: acept: expected one of: accept, states"))
            #expect(wrong.errors.contains("--file is '/nowhere/x', which cannot be read"))
            #expect(try await Self.document(connection) == before)
            let unknown = try await CommandsRun.shell(
                "echo '{\"accept\": [\"push\"]}' | \(call) --file -",
                on: database
            )
            #expect(unknown.errors.hasPrefix("plane-worker: --accept is 'push', expected EVENT or EVENT.ACTION"))
            let empty = try await CommandsRun.shell("echo '{}' | \(call) --file -", on: database)
            #expect(empty.status == 0)
            #expect(try await Self.document(connection) == "{}")
        }
    }

    @Test func `sizes have limits`() async throws {
        try await Self.withConnection { database, connection, _ in
            let many = (0...100).flatMap { ["--ignore", "$.a == \($0)"] }
            let rules = try await Self.configure(many, on: database)
            #expect(rules.errors == "plane-worker: --ignore is given 101 times, expected at most 100\n")
            let long = String(repeating: "x", count: 70_000)
            let large = try await Self.configure(["--transform", "body=\(long)"], on: database)
            #expect(large.errors.contains("bytes, expected at most 65536"))
            #expect(try await Self.document(connection) == "")
        }
    }

    @Test func `of several projects one has to be named, and the lowest rate counts`() async throws {
        try await Self.withConnection { database, connection, _ in
            _ = try await connection.connectRepository(Self.id, Self.repository, to: .second)
            let unclear = try await Self.configure(["--rate", "10"], on: database)
            #expect(
                unclear.errors
                    == "plane-worker: octo-demo/hello is connected to demo/GH, demo/SEC: "
                    + "say which with --workspace and --project\n"
            )
            _ = try await Self.configure(["--rate", "10", "--project", "sec"], on: database)
            let run = try await Self.configure(
                ["--rate", "60", "--project", "GH", "--workspace", "demo"],
                on: database
            )
            #expect(run.output.contains("another project asks for 10 a minute of the same repository"))
        }
    }

    @Test func `changes at the same time are both there`() async throws {
        try await Self.withConnection { database, connection, repository in
            let gate = database.connection("gate")
            try await gate.runScript(
                """
                begin;
                select id from public.github_repository_syncs for update;
                """,
                within: .seconds(10)
            )
            let edits = [["--accept", "issues"], ["--rate", "9"], ["--new-label", "x"], ["--label", "a=b"]]
            let runs = try await withThrowingTaskGroup(of: CommandsRun.self) { group in
                for edit in edits { group.addTask { try await Self.configure(edit, on: database) } }
                let areWaiting = try await eventually {
                    let waiting: Int = try await database.connection().value(
                        """
                        select count(*) as value from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """
                    )
                    return waiting == edits.count
                }
                #expect(areWaiting)
                try await gate.runScript("commit", within: .seconds(10))
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(runs.map(\.status) == [0, 0, 0, 0])
            let keys: [String] = try await connection.values(
                "select jsonb_object_keys(settings) as value from github_sync.github_sync_settings"
            )
            #expect(Set(keys) == ["accept", "rate", "new_issues", "labels"])
            // Each change holds what the one before left.
            let grows: Bool = try await connection.value(
                """
                select bool_and(later.settings @> earlier.settings) as value
                from github_sync.github_sync_settings_changes as earlier
                join github_sync.github_sync_settings_changes as later on later.id > earlier.id
                """
            )
            #expect(grows)
        }
    }

    @Test func `what a newer version wrote is not rewritten, only replaced`() async throws {
        try await Self.withConnection { database, connection, repository in
            try await connection.change(
                """
                insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
                values (\(repository.syncID), '{"colour": "red"}', 'x')
                """
            )
            let refused = try await Self.configure(["--accept", "issues"], on: database)
            #expect(refused.errors.contains("the settings of demo/GH cannot be changed by this version (colour: "))
            let shown = try await CommandsRun.worker(["show-config"], on: database)
            #expect(shown.output.contains("accepted events               all (default)"))
        }
    }

    @Test func `show-config tells everything, and the history who changed what`() async throws {
        try await Self.withConnection { database, _, _ in
            let fresh = try await CommandsRun.worker(["show-config"], on: database)
            #expect(fresh.lines.first == "demo/GH, octo-demo/hello: never changed")
            #expect(fresh.lines.dropFirst().allSatisfy { $0.hasSuffix(" (default)") })
            #expect(fresh.lines.count == 17)
            _ = try await Self.configure(["--accept", "issues"], on: database)
            _ = try await Self.configure(["--accept", "all", "--rate", "7"], on: database)
            let history = try await CommandsRun.worker(["show-config", "--history"], on: database)
            #expect(history.lines.count == 6)
            #expect(history.lines[1].hasSuffix("(role test_admin)"))
            #expect(history.lines[2] == "    accepted events: issues → all (default)")
            #expect(history.lines[3] == "    rate: no limit (default) → 7 a minute, bursts of 7")
            #expect(history.lines[5] == "    accepted events: all (default) → issues")
            let list = try await CommandsRun.worker(["show-config", "--json"], on: database).json
            #expect(
                Set(list.keys) == [
                    "workspace", "project", "repository", "repository_sync_id", "changed_by", "changed_at", "settings",
                ]
            )
            let changes = try await CommandsRun.worker(["show-config", "--history", "--json"], on: database)
            #expect(changes.lines.count == 2)
            #expect(changes.lines[1].contains(#""settings":{"accept": ["issues"]}"#))
            let unknown = try await CommandsRun.worker(["show-config", "--repository", "a/b"], on: database)
            #expect(unknown.status == 1)
            #expect(unknown.errors == "plane-worker: no project follows a/b; connected are: octo-demo/hello\n")
        }
    }
}

extension Connection {
    /// A living issue with this number.
    fileprivate func insertIssue(_ number: Int, inProject identifier: String) throws {
        try run(
            """
            insert into public.issues (
                id, created_at, updated_at, name, description_json, priority, sequence_id, project_id, workspace_id,
                description_html, sort_order, is_draft
            )
            select
                gen_random_uuid(), now(), now(), 'Parent', '{}', 'none', \(number), id, workspace_id, '<p></p>', 65535,
                false
            from public.projects where identifier = \(identifier)
            """
        )
    }
}
