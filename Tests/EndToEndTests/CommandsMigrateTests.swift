import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsMigrateTests {
    private static let names = [
        "0001_events", "0002_versions", "0003_people_and_fleet", "0004_views", "0005_settings_and_pulls",
        "0006_rate_limits", "0007_counters", "0008_monitoring", "0009_rules", "0010_rights", "0011_same_second",
        "0012_github_budget", "0013_jobs", "0014_unfollowed", "0015_outbound", "0016_wakes",
        "0017_wakes_in_order", "0018_subjects", "0019_history", "0020_refusals", "0021_current_rows",
        "0022_issue_links", "0023_receipts", "0024_replaced", "0025_secret_prints",
        "0026_unmapped", "0027_pings",
    ]

    /// A database with Plane's tables and none of ours.
    ///
    /// Migrated by Plane's own role, which may do everything there: that must work too. The owner role may not make the
    /// schema; `sql/roles.sql` does.
    private static func withFreshDatabase(
        _ body: @Sendable (TestDatabase, Connection) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.runScript("drop schema github_sync cascade", within: .seconds(10))
            try await body(database, connection)
        }
    }

    @Test func `each migration is told once, then there is nothing to do`() async throws {
        try await Self.withFreshDatabase { database, _ in
            let first = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(first.status == 0)
            #expect(first.lines == Self.names.map { "applied \($0)" })
            #expect(first.errors == "")
            let second = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(second.status == 0)
            #expect(second.output == "nothing to do: the schema is at \(Self.names.last ?? "")\n")
        }
    }

    @Test func `three hosts at once apply each migration once`() async throws {
        try await Self.withFreshDatabase { database, connection in
            let runs = try await withThrowingTaskGroup(of: CommandsRun.self) { group in
                for _ in 0..<3 { group.addTask { try await CommandsRun.worker(["migrate"], on: database, as: .plane) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(runs.map(\.status) == [0, 0, 0])
            #expect(runs.map(\.errors) == ["", "", ""])
            let applied = runs.flatMap(\.lines).filter { $0.hasPrefix("applied") }
            #expect(applied.sorted() == Self.names.map { "applied \($0)" })
            let recorded: Int = try await connection.value(
                "select count(*) as value from github_sync.schema_migrations"
            )
            #expect(recorded == Self.names.count)
        }
    }

    @Test func `a migration that fails leaves nothing of itself`() async throws {
        try await Self.withFreshDatabase { database, connection in
            // In the way of 0003, which makes another table first.
            try await connection.runScript(
                "create schema github_sync; create table github_sync.github_workers (id int)",
                within: .seconds(10)
            )
            let run = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(run.status == 1)
            #expect(run.lines == ["applied 0001_events", "applied 0002_versions"])
            #expect(run.errors.contains("relation \"github_workers\" already exists"))
            let isGone: Bool = try await connection.value(
                "select to_regclass('github_sync.github_user_links') is null as value"
            )
            #expect(isGone)
            try await connection.runScript("drop table github_sync.github_workers", within: .seconds(10))
            let again = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(again.status == 0)
            #expect(again.lines == Self.names.dropFirst(2).map { "applied \($0)" })
        }
    }

    /// As the transaction of a worker does.
    @Test func `a migration that meets a lock lets others by, and comes again`() async throws {
        try await TestDatabase.with { database in
            let (holder, other) = (database.connection(), database.connection())
            try await holder.runScript(
                """
                alter table github_sync.github_issue_versions drop column recent;
                alter table github_sync.github_comment_versions drop column recent;
                alter table github_sync.github_pull_versions drop column recent;
                delete from github_sync.schema_migrations where name = '0011_same_second'
                """,
                within: .seconds(10)
            )
            try await holder.runScript(
                "begin; lock table github_sync.github_issue_versions in row exclusive mode",
                within: .seconds(10)
            )
            let migrate = try TestProgram(
                "plane-worker",
                ["migrate"],
                environment: ["DATABASE_URL": database.url(as: .owner)]
            )
            #expect(try await migrate.waitForOutput("0011_same_second waits for a lock"))
            for _ in 0..<3 {
                try await other.change("select 1 from github_sync.github_issue_versions")
                try await Task.sleep(for: .seconds(1))
            }
            #expect(migrate.isRunning)
            try await holder.runScript("commit", within: .seconds(10))
            #expect(try await migrate.wait() == 0)
            #expect(migrate.text.contains("applied 0011_same_second\n"))
            #expect(migrate.text.components(separatedBy: "waits for a lock").count == 2)
        }
    }

    @Test(arguments: [["migrate"], ["status"], ["run"]])
    func `a database without Plane's tables is told as that and not as one to migrate`(_ words: [String]) async throws {
        try await Self.withFreshDatabase { database, connection in
            try await connection.runScript("drop table public.django_migrations cascade", within: .seconds(10))
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 1)
            #expect(run.errors.contains("this is not Plane's database"))
            #expect(!run.errors.contains("plane-worker migrate"))
        }
    }

    @Test(arguments: ["migrate", "status"])
    func `an applied migration that differs from ours is refused`(_ command: String) async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                "update github_sync.schema_migrations set checksum = 'other' where name = '0002_versions'"
            )
            let run = try await CommandsRun.worker([command], on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.contains("migration 0002_versions differs from the one that was applied"))
        }
    }

    @Test(arguments: [
        ["status"], ["events"], ["show", "x"], ["replay", "x"], ["run"],
        ["connect", "--workspace", "demo", "--project", "GH", "--repository", "a/b", "--repository-id", "1"],
    ])
    func `a database that is behind is refused with what to do`(_ words: [String]) async throws {
        try await Self.withFreshDatabase { database, _ in
            let run = try await CommandsRun.worker(words, on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.contains("0004_views"))
            #expect(run.errors.contains("run plane-worker migrate"))
        }
    }

    @Test(arguments: ["migrate", "status", "events"])
    func `a database that needs a newer program is refused`(_ command: String) async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                """
                insert into github_sync.schema_migrations (name, checksum, oldest_program)
                values ('0099_later', 'x', '99.0.0')
                """
            )
            let run = try await CommandsRun.worker([command], on: database)
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors.contains("needs version 99.0.0 or later of this program, which is \(Version.current)"))
        }
    }

    @Test func `a newer schema that still works with this program is named as it is`() async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                """
                insert into github_sync.schema_migrations (name, checksum, oldest_program)
                values ('0099_later', 'x', '0.1.0')
                """
            )
            let run = try await CommandsRun.worker(["migrate"], on: database)
            #expect(run.status == 0)
            #expect(run.output == "nothing to do: the schema is at 0099_later\n")
        }
    }

    @Test func `without Plane's tables nothing is made`() async throws {
        try await Self.withFreshDatabase { database, connection in
            try await connection.runScript("drop table public.django_migrations", within: .seconds(10))
            let run = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(run.status == 1)
            #expect(run.errors.contains("this is not Plane's database: public.django_migrations is missing"))
            let isMissing: Bool = try await connection.value("select to_regnamespace('github_sync') is null as value")
            #expect(isMissing)
        }
    }

    @Test func `a Plane that is too old is told what it lacks`() async throws {
        try await Self.withFreshDatabase { database, connection in
            try await connection.change("delete from public.django_migrations where name like '0117%'")
            let run = try await CommandsRun.worker(["migrate"], on: database, as: .plane)
            #expect(run.status == 1)
            #expect(
                run.errors.contains("migration 0117_rename_description_draftissue_description_json_and_more is missing")
            )
            #expect(!run.errors.contains("0109"))
        }
    }
}
