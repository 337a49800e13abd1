import Base
import Database
import Foundation
import TestSupport
import Testing

/// What somebody plants in the schema `public` never runs with the rights of one of our programs.
@Suite(.serialized) struct HostileObjectsTests {
    /// Where the database says that names without a schema are; PostgreSQL's own is searched first unless a path names it.
    enum Path: String, CaseIterable {
        case usual = "\"$user\", public"
        case publicFirst = "public, pg_catalog"
    }

    @Test(.timeLimit(.minutes(10)), arguments: Path.allCases, [false, true])
    func `nothing planted runs with the rights of a program`(_ path: Path, _ isPooled: Bool) async throws {
        try await TestDatabase.with { database in
            try await Self.prepare(database, path)
            let observer = database.connection()
            let roles = try await Self.applyRoles(to: database)
            #expect(roles.errors == "")
            if isPooled {
                try await TestPooler.with(try TestEnvironment.server) { pooler async throws in
                    let pooled = TestDatabase(name: database.name, on: pooler.address)
                    try await Self.goRound(pooled, applyRolesTo: database, observer, ["DATABASE_POOLED": "true"])
                }
            } else {
                try await Self.goRound(database, applyRolesTo: database, observer, [:])
            }
            #expect(try await observer.outcome() == WholeRound.outcome)
            #expect(try await HostileObjects.caught(in: database) == [])
        }
    }

    /// A database with Plane's tables and none of ours.
    private static func prepare(_ database: TestDatabase, _ path: Path) async throws {
        let superuser = try database.superuser()
        try await superuser.runScript("drop schema github_sync cascade", within: .seconds(10))
        try await HostileObjects.plant(in: database)
        try await superuser.runScript(
            "alter database \(database.name) set search_path = \(path.rawValue)",
            within: .seconds(10)
        )
    }

    private static func goRound(
        _ database: TestDatabase,
        applyRolesTo direct: TestDatabase,
        _ observer: Connection,
        _ environment: [String: String]
    ) async throws {
        let migrate = try await CommandsRun.worker(["migrate"], on: database, environment: environment)
        #expect(migrate.status == 0, "\(migrate.errors)")
        #expect(try await applyRoles(to: direct).errors == "")
        let round = WholeRound(database: database, observer: observer, environment: environment)
        let problems = try await round.run()
        #expect(problems == [], "\(problems)")
    }

    /// Runs `sql/roles.sql` as an administrator does.
    static func applyRoles(to database: TestDatabase) async throws -> CommandsRun {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../sql/roles.sql")
        let parts = URLComponents(string: try TestEnvironment.databaseURL)
        let address = "\(parts?.user ?? "")@\(parts?.host ?? ""):\(parts?.port ?? 5432)"
        return try await CommandsRun.shell(
            "PGPASSWORD='\(parts?.password ?? "")' psql -X 'postgresql://\(address)/\(database.name)' -f '\(file.path)'",
            on: database
        )
    }

    @Test(arguments: Path.allCases)
    func `nor do our views and functions run it for whoever calls them`(_ path: Path) async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed(age: 60)
            seed.status = .completed
            try await database.connection().insert(seed)
            try await HostileObjects.plant(in: database)
            try await database.superuser().runScript(
                "alter database \(database.name) set search_path = \(path.rawValue)",
                within: .seconds(10)
            )
            for name in try await Self.views(of: database) {
                let run = try await Self.psql("table github_sync.\(name)", on: database, as: .monitor)
                #expect(run.errors == "", "\(name)")
            }
            for call in Self.calls {
                let run = try await Self.psql("select * from github_sync.\(call)", on: database, as: .admin)
                #expect(run.errors == "", "\(call)")
            }
            #expect(try await HostileObjects.caught(in: database) == [])
        }
    }

    private static func views(of database: TestDatabase) async throws -> [String] {
        try await database.connection().values(
            """
            select relname::text as value from pg_class
            where relnamespace = 'github_sync'::regnamespace and relkind = 'v'
            """
        )
    }

    private static let id = "'30000000-0000-4000-8000-000000000001'::pg_catalog.uuid"

    /// A call of each function, with values whose types need no name of the caller's path.
    private static let calls = [
        "plane_id(\(id), 'issue', 7)", "number_lock_key(\(id))", "followers('{1, 2}'::bigint[])",
        "first_event_id('2026-01-01 00:00:00+00')", "take_turns(1, 2)", "take_numbers(\(id), 1)",
        "take_places(\(id), 1)",
        """
        apply_rules('{"a": {"b": "x"}}', pg_catalog.jsonb_build_object(
            'ignore', pg_catalog.jsonb_build_array('$.a.b == "y"'),
            'transform', pg_catalog.jsonb_build_array(
                pg_catalog.jsonb_build_object('set', 'title', 'from', '$.a.b', 'when', '$.a.b == "x"'),
                pg_catalog.jsonb_build_object('set', 'label', 'to', 'z')
            )
        ))
        """,
    ]

    private static func psql(
        _ statement: String,
        on database: TestDatabase,
        as role: TestRole
    ) async throws -> CommandsRun {
        let file = try TestEnvironment.state.appending(path: "statement-\(UUID().text).sql")
        try Data(statement.utf8).write(to: file)
        return try await CommandsRun.shell(
            "psql -X -q -v ON_ERROR_STOP=1 '\(database.url(as: role))' -f '\(file.path)' > /dev/null",
            on: database
        )
    }
}
