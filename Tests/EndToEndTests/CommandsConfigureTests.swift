import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsConfigureTests {
    @Test func `a change is shown, stored and recorded with who made it`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            let run = try await CommandsSettings.configure(
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
        try await CommandsSettings.withConnection { database, connection, _ in
            _ = try await CommandsSettings.configure(
                ["--accept", "issues", "--rate", "60", "--burst", "9"],
                on: database
            )
            let again = try await CommandsSettings.configure(["--accept", "issues"], on: database)
            #expect(again.output == "nothing to change: demo/GH, octo-demo/hello\n")
            let json = try await CommandsSettings.configure(
                ["--rate", "none", "--new-label", "x", "--json"],
                on: database
            ).json
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
        try await CommandsSettings.withConnection { database, connection, _ in
            let run = try await CommandsSettings.configure(["--accept", "issues", "--dry-run"], on: database)
            #expect(
                run.lines == [
                    "would change demo/GH, octo-demo/hello, nothing was written:",
                    "  accepted events: all (default) → issues",
                ]
            )
            #expect(try await CommandsSettings.document(connection) == "")
            let json = try await CommandsSettings.configure(
                ["--accept", "issues", "--dry-run", "--json"],
                on: database
            ).json
            #expect(json["changed"] as? Bool == false)
            #expect(json["dry_run"] as? Bool == true)
        }
    }

    @Test func `a parent and a module are rows of the project`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
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
            let run = try await CommandsSettings.configure(
                ["--new-parent", "gh-7", "--new-module", "core"],
                on: database
            )
            #expect(run.errors == "")
            #expect(
                run.lines.dropFirst() == [
                    "  parent of new issues: none (default) → GH-7", "  module of new issues: none (default) → Core",
                ]
            )
            let wrong = try await CommandsSettings.configure(["--new-module", "Shell"], on: database)
            #expect(wrong.errors.contains("--new-module is 'Shell', expected a module of demo/GH; there are: Core"))
            try await connection.change("update public.issues set archived_at = now()")
            // The part that is not named is not looked at again.
            #expect(try await CommandsSettings.configure(["--accept", "issues"], on: database).status == 0)
        }
    }

    @Test func `a document goes out and comes back, and a wrong one changes nothing`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            _ = try await CommandsSettings.configure(
                ["--accept", "issues", "--label", "bug=GitHub bug", "--rate", "5"],
                on: database
            )
            let before = try await CommandsSettings.document(connection)
            let program = try TestEnvironment.programs.appending(path: "plane-worker").path
            let call = "'\(program)' configure --repository \(CommandsSettings.repository)"
            let show = "'\(program)' show-config --repository \(CommandsSettings.repository) --json"
            let same = try await CommandsRun.shell("\(show) | \(call) --file -", on: database)
            #expect(same.output.hasPrefix("nothing to change: demo/GH"))
            let wrong = try await CommandsRun.shell(
                "echo '{\"acept\": []}' | \(call) --file - || \(call) --file /nowhere/x",
                on: database
            )
            #expect(wrong.errors.contains("standard input: acept: expected one of: accept, states"))
            #expect(wrong.errors.contains("--file is '/nowhere/x', which cannot be read"))
            #expect(try await CommandsSettings.document(connection) == before)
            let unknown = try await CommandsRun.shell(
                "echo '{\"accept\": [\"push\"]}' | \(call) --file -",
                on: database
            )
            #expect(unknown.errors.hasPrefix("plane-worker: --accept is 'push', expected EVENT or EVENT.ACTION"))
            let empty = try await CommandsRun.shell("echo '{}' | \(call) --file -", on: database)
            #expect(empty.status == 0)
            #expect(try await CommandsSettings.document(connection) == "{}")
        }
    }

    @Test func `of several projects one has to be named, and the lowest rate counts`() async throws {
        try await CommandsSettings.withConnection { database, connection, _ in
            _ = try await connection.connectRepository(CommandsSettings.id, CommandsSettings.repository, to: .second)
            let unclear = try await CommandsSettings.configure(["--rate", "10"], on: database)
            #expect(
                unclear.errors
                    == "plane-worker: octo-demo/hello is connected to demo/GH, demo/SEC: "
                    + "say which with --workspace and --project\n"
            )
            _ = try await CommandsSettings.configure(["--rate", "10", "--project", "sec"], on: database)
            let run = try await CommandsSettings.configure(
                ["--rate", "60", "--project", "GH", "--workspace", "demo"],
                on: database
            )
            #expect(run.output.contains("another project asks for 10 a minute of the same repository"))
            #expect(try await connection.limit() == "10/10")
            let place = ["--workspace", "demo", "--project", "SEC", "--repository", CommandsSettings.repository]
            _ = try await CommandsRun.worker(["disconnect"] + place, on: database)
            #expect(try await connection.limit() == "60/60")
            _ = try await CommandsRun.worker(
                ["connect"] + place + ["--repository-id", "\(CommandsSettings.id)"],
                on: database
            )
            #expect(try await connection.limit() == "10/10")
            for project in ["GH", "SEC"] {
                _ = try await CommandsSettings.configure(["--rate", "none", "--project", project], on: database)
            }
            #expect(try await connection.limit() == nil)
        }
    }

    @Test func `changes at the same time are both there`() async throws {
        try await CommandsSettings.withConnection { database, connection, repository in
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
                for edit in edits { group.addTask { try await CommandsSettings.configure(edit, on: database) } }
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
}

extension Connection {
    /// What workers keep to, as `per minute/burst`.
    fileprivate func limit() throws -> String? {
        try run("select per_minute || '/' || burst as value from github_sync.github_rate_limits").first?.get("value")
    }

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
