import Database
import Foundation
import TestSupport
import Testing

/// The one function that may make users in Plane.
@Suite struct RolesBotTests {
    private static let project = "'30000000-0000-4000-8000-000000000001'::uuid"

    @Test func `what the admin can have made is a bot that opens nothing, once`() async throws {
        try await TestDatabase.with { database in
            let admin = database.connection(as: .admin)
            let people = "select coalesce(string_agg(u::text, ',' order by id), '') as value from public.users as u"
            let before: String = try await database.connection().value(
                Query(unescapedTextOfOurOwn: people)
            )
            let call = Query(
                unescapedTextOfOurOwn: "select bot_id as value from github_sync.ensure_bot(\(Self.project))"
            )
            let bot: UUID = try await admin.value(call)
            let again: UUID = try await admin.value(call)
            #expect(again == bot)
            let isHarmless: Bool = try await database.connection().value(
                """
                select u.is_bot and not u.is_superuser and not u.is_staff and u.password like '!%' and u.token = ''
                    and not t.is_active and not t.is_service and m.workspace_id = p.workspace_id as value
                from public.users as u
                join public.api_tokens as t on t.user_id = u.id
                join public.project_members as m on m.member_id = u.id
                join public.projects as p on p.id = m.project_id
                where u.id = \(bot)
                """
            )
            #expect(isHarmless)
            let others: String = try await database.connection().value(
                Query(unescapedTextOfOurOwn: people + " where not is_bot")
            )
            #expect(others == before)
        }
    }

    @Test(arguments: [
        "gen_random_uuid()", "null", "'30000000-0000-4000-8000-000000000002'::uuid",
    ])
    func `there is none for a project that does not live`(_ project: String) async throws {
        try await TestDatabase.with { database in
            try await database.connection().change(
                "update public.projects set archived_at = now() where id = '30000000-0000-4000-8000-000000000002'"
            )
            let admin = database.connection(as: .admin)
            let error = await #expect(throws: DatabaseError.self) {
                try await admin.change(
                    Query(unescapedTextOfOurOwn: "select * from github_sync.ensure_bot(\(project))")
                )
            }
            #expect(error?.sqlState == "P0002")
        }
    }

    @Test func `an integration that acts as a person gets a bot, and the person no rights`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(1, "octocat/hello")
            try await connection.change(
                """
                update public.workspace_integrations set actor_id = '10000000-0000-4000-8000-000000000002'
                """,
                "update public.project_members set role = 5 where member_id = '10000000-0000-4000-8000-000000000002'"
            )
            try await database.connection(as: .admin).change(
                Query(unescapedTextOfOurOwn: "select * from github_sync.ensure_bot(\(Self.project))")
            )
            let roles: [Int] = try await connection.values(
                """
                select distinct role::int8 as value from public.project_members
                where member_id = '10000000-0000-4000-8000-000000000002'
                """
            )
            #expect(roles == [5])
        }
    }

    /// What the owner of the schema puts in the function's place runs as the owner, or as whoever calls it.
    @Test(arguments: [false, true])
    func `a text that roles.sql does not know is not handed over`(_ keepsText: Bool) async throws {
        try await TestDatabase.with { database in
            let known: String = try await database.connection().value(
                "select prosrc as value from pg_proc where oid = 'github_sync.ensure_bot(uuid)'::regprocedure"
            )
            let superuser = known.replacing("false, false, false, true", with: "true, false, false, true")
            #expect(superuser != known)
            let text = keepsText ? known : superuser
            // The same text behind another type, whose check would run with the function's rights.
            try await database.connection(as: .owner).runScript(
                """
                drop function github_sync.ensure_bot(uuid);
                create function github_sync.mine(uuid) returns bool language sql as $$ select true $$;
                create domain github_sync.trap as uuid check (github_sync.mine(value));
                create function github_sync.ensure_bot(project uuid)
                returns table (
                    link_id github_sync.trap, bot_id github_sync.trap, is_new_integration boolean, is_new_bot boolean,
                    is_new_in_workspace boolean, is_new_in_project boolean
                )
                language plpgsql security definer as $text$\(text)$text$
                """,
                within: .seconds(10)
            )
            let roles = try await HostileObjectsTests.applyRoles(to: database)
            #expect(roles.errors == "")
            #expect(roles.output.contains("is not the function that this file knows") == !keepsText)
            let usesTrap: Bool = try await database.connection().value(
                """
                select 'github_sync.trap'::regtype = any (proallargtypes) as value
                from pg_proc where oid = 'github_sync.ensure_bot(uuid)'::regprocedure
                """
            )
            #expect(usesTrap == !keepsText)
            let runsAs: String = try await database.connection().value(
                """
                select proowner::regrole::text as value from pg_proc
                where oid = 'github_sync.ensure_bot(uuid)'::regprocedure
                """
            )
            #expect(runsAs == (keepsText ? "plane_sync_bot" : "plane_sync_owner"))
            let isOpenToWorker: Bool = try await database.connection().value(
                """
                select has_function_privilege('plane_sync_worker', 'github_sync.ensure_bot(uuid)', 'execute') as value
                """
            )
            #expect(!isOpenToWorker)
            let admin = try await CommandsRun.worker(
                ["connect", "--workspace", "demo", "--project", "GH", "--repository", "a/b", "--repository-id", "1"],
                on: database
            )
            #expect(admin.status == (keepsText ? 0 : 1), "\(admin.errors)")
        }
    }

    /// A function that another one's search_path could turn against its caller.
    @Test func `every function has its own search_path or is known to name every schema`() async throws {
        try await TestDatabase.with { database in
            let open: [String] = try await database.connection().values(
                """
                select proname::text as value from pg_proc
                where pronamespace = 'github_sync'::regnamespace and prosqlbody is null
                    and not coalesce(
                        'search_path=pg_catalog' = any (proconfig)
                        or 'search_path=pg_catalog, pg_temp' = any (proconfig), false
                    )
                """
            )
            #expect(open == ["followers"])
        }
    }
}
