import Database
import Foundation
import TestSupport
import Testing

/// What an operator reads who gave a program the wrong role, or forgot `sql/roles.sql`.
@Suite struct RolesStartTests {
    @Test func `a worker without rights ends with one line that names them and the group`() async throws {
        try await TestDatabase.with { database in
            let run = try await CommandsRun.worker(["run"], on: database, as: .ingest)
            #expect(run.status == 1)
            #expect(run.errors.split(separator: "\n").count == 1)
            #expect(run.errors.contains("the role test_ingest lacks the right to insert into"))
            #expect(run.errors.contains("insert into public.issues"))
            #expect(run.errors.contains("make it a member of plane_sync_worker and run sql/roles.sql again"))
        }
    }

    @Test func `ingest without rights ends with one line that names them and the group`() async throws {
        try await TestDatabase.with { database in
            let settings = ["DATABASE_URL": database.url(as: .monitor)]
            let ingest = try await IngestProgram(database, settings, ready: false)
            #expect(try await ingest.program.wait() == 1)
            #expect(try await ingest.program.said("the role test_monitor lacks the right to insert into"))
            #expect(try await ingest.program.said("make it a member of plane_sync_ingest"))
        }
    }

    @Test func `roles that roles.sql has not reached since the migration are told to run it`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                "revoke select on github_sync.schema_migrations from plane_sync_worker"
            )
            let run = try await CommandsRun.worker(["run"], on: database)
            #expect(run.status == 1)
            #expect(run.errors.contains("the role test_worker may not look at the schema"))
            #expect(run.errors.contains("run sql/roles.sql"))
        }
    }

    @Test func `a command that its role may not do says where to look`() async throws {
        try await TestDatabase.with { database in
            let options = ["--workspace", "demo", "--project", "GH", "--repository", "a/b", "--repository-id", "1"]
            let connect = try await CommandsRun.worker(["connect"] + options, on: database, as: .worker)
            #expect(connect.status == 1)
            #expect(connect.errors.contains("permission denied for function ensure_bot"))
            #expect(connect.errors.contains("lacks a right that plane_sync_admin has, see sql/roles.sql"))
            let prune = try await CommandsRun.worker(["prune", "--older-than", "1d"], on: database, as: .monitor)
            #expect(prune.status == 1)
            #expect(prune.errors.contains("lacks a right that plane_sync_prune has, see sql/roles.sql"))
        }
    }

    @Test func `roles.sql takes back what it does not list, and a later table is the worker's at once`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.change(
                "grant delete on public.issues to plane_sync_worker",
                "grant select (password) on public.users to plane_sync_worker",
                "grant select on github_sync.github_webhook_events to plane_sync_monitor",
                "grant execute on function github_sync.followers to public"
            )
            let owner = database.connection(as: .owner)
            try await owner.runScript(
                """
                set role plane_sync_owner;
                create table github_sync.later (n int);
                create function github_sync.later() returns int language sql return 1
                """,
                within: .seconds(10)
            )
            let worker = database.connection(as: .worker)
            try await worker.change("insert into github_sync.later values (github_sync.later())")

            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql/roles.sql")
            let superuser = URLComponents(string: try TestEnvironment.databaseURL)
            let address = "\(superuser?.user ?? "")@\(superuser?.host ?? ""):\(superuser?.port ?? 5432)"
            for _ in 0..<2 {
                let run = try await CommandsRun.shell(
                    "PGPASSWORD='\(superuser?.password ?? "")' psql -X "
                        + "'postgresql://\(address)/\(database.name)' -f '\(file.path)'",
                    on: database
                )
                #expect(run.errors == "")
                #expect(run.output == "The roles have what they need and nothing else.\n")
            }
            let kept: [String] = try await connection.values(
                """
                select r.rolname || ' ' || t.what as value
                from pg_roles as r
                cross join lateral (
                    values
                        ('deletes', has_table_privilege(r.oid, 'public.issues', 'delete')),
                        ('reads passwords', has_column_privilege(r.oid, 'public.users', 'password', 'select')),
                        ('follows', has_function_privilege(r.oid, 'github_sync.followers(bigint[])', 'execute')),
                        ('reads payloads',
                            has_column_privilege(r.oid, 'github_sync.github_webhook_events', 'payload', 'select')),
                        ('writes later', has_table_privilege(r.oid, 'github_sync.later', 'insert'))
                ) as t (what, does)
                where r.rolname like 'plane_sync_%' and r.rolname <> 'plane_sync_owner' and t.does
                order by 1
                """
            )
            #expect(
                kept == [
                    "plane_sync_admin follows", "plane_sync_admin reads payloads", "plane_sync_admin writes later",
                    "plane_sync_viewer follows", "plane_sync_viewer reads payloads", "plane_sync_worker follows",
                    "plane_sync_worker reads payloads", "plane_sync_worker writes later",
                ]
            )
        }
    }
}
