import Database
import Foundation
import TestSupport
import Testing

/// What `sql/roles.sql` leaves each role, and what it does not.
///
/// That it leaves enough is shown by every other test of this folder: all start the real programs in their own roles.
@Suite struct RolesTests {
    /// A statement that a role must not be able to run.
    private struct Forbidden: Sendable {
        let role: TestRole
        let statement: String
        var description: String { "\(role.rawValue): \(statement)" }

        init(_ role: TestRole, _ statement: String) {
            self.role = role
            self.statement = statement
        }
    }

    private static let events = "github_sync.github_webhook_events"

    private static let forbidden: [Forbidden] = [
        // ingest: what was sent, and what Plane holds, is not for it to read; nothing is for it to undo.
        Forbidden(.ingest, "select payload from \(events)"),
        Forbidden(.ingest, "select * from \(events)"),
        Forbidden(.ingest, "select repository_name from \(events)"),
        Forbidden(.ingest, "insert into \(events) (id, result) values (gen_random_uuid(), '{}')"),
        Forbidden(.ingest, "update \(events) set payload = '{}'"),
        Forbidden(.ingest, "update \(events) set result = '{}'"),
        Forbidden(.ingest, "update \(events) set claim_token = gen_random_uuid()"),
        Forbidden(.ingest, "delete from \(events)"),
        Forbidden(.ingest, "truncate \(events)"),
        Forbidden(.ingest, "select name from public.issues"),
        Forbidden(.ingest, "insert into public.issues select * from public.issues"),
        Forbidden(.ingest, "select comment_html from public.issue_comments"),
        Forbidden(.ingest, "select email from public.users"),
        Forbidden(.ingest, "select credentials from public.github_repository_syncs"),
        Forbidden(.ingest, "select 1 from github_sync.github_workers"),
        Forbidden(.ingest, "select host from github_sync.github_ingest_nodes"),
        Forbidden(.ingest, "delete from github_sync.github_ingest_nodes"),
        Forbidden(.ingest, "select full_name from github_sync.github_unfollowed_repositories"),
        Forbidden(.ingest, "delete from github_sync.github_unfollowed_repositories"),
        Forbidden(.ingest, "select received_at from github_sync.github_outbound_wakes"),
        Forbidden(.ingest, "update github_sync.github_outbound_wakes set plane_id = gen_random_uuid()"),
        Forbidden(.ingest, "delete from github_sync.github_outbound_wakes"),
        Forbidden(.ingest, "select 1 from github_sync.github_outbound"),
        Forbidden(.ingest, "select 1 from github_sync.github_outbound_status"),
        Forbidden(.ingest, "select 1 from github_sync.github_outbound_log"),
        Forbidden(.ingest, "select 1 from github_sync.github_queue_depth"),
        Forbidden(.ingest, "select 1 from github_sync.github_issue_versions"),
        Forbidden(.ingest, "select 1 from github_sync.github_rate_limits"),
        Forbidden(.ingest, "select 1 from github_sync.github_principals"),
        Forbidden(.ingest, "select 1 from github_sync.github_budget"),
        Forbidden(.ingest, "select 1 from github_sync.github_api_budget"),
        Forbidden(.ingest, "select 1 from github_sync.github_installation_tokens"),
        Forbidden(.ingest, "update \(events) set turn_at = null"),
        Forbidden(.ingest, "select * from github_sync.take_turns(1, 1)"),
        Forbidden(.ingest, "select * from github_sync.followers('{1}')"),
        Forbidden(.ingest, "insert into github_sync.schema_migrations (name) values ('x')"),
        Forbidden(.ingest, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.ingest, "update github_sync.github_ingest_nodes set host = host returning host"),
        Forbidden(.ingest, "insert into public.users (id) values (gen_random_uuid())"),
        Forbidden(.ingest, "set role plane_sync_worker"),
        Forbidden(.ingest, "create table public.mine (n int)"),

        // worker: it deletes nothing, and no password or token is in its reach.
        Forbidden(.worker, "delete from public.issues"),
        Forbidden(.worker, "delete from public.issue_comments"),
        Forbidden(.worker, "delete from public.issue_labels"),
        Forbidden(.worker, "truncate public.issues cascade"),
        Forbidden(.worker, "delete from \(events)"),
        Forbidden(.worker, "update \(events) set payload = '{}'"),
        Forbidden(.worker, "insert into \(events) (id, result) values (gen_random_uuid(), '{}')"),
        Forbidden(.worker, "select password from public.users"),
        Forbidden(.worker, "select email from public.users"),
        Forbidden(.worker, "select access_token from public.accounts"),
        Forbidden(.worker, "select token from public.api_tokens"),
        Forbidden(.worker, "select credentials from public.github_repository_syncs"),
        Forbidden(.worker, "update public.users set is_superuser = true"),
        Forbidden(.worker, "insert into public.users (id) values (gen_random_uuid())"),
        Forbidden(.worker, "update public.project_members set role = 20"),
        Forbidden(.worker, "insert into public.workspace_members (id) values (gen_random_uuid())"),
        Forbidden(.worker, "update public.projects set name = 'x'"),
        Forbidden(.worker, "update public.issue_relations set issue_id = gen_random_uuid()"),
        Forbidden(.worker, "update public.issue_activities set comment = 'x'"),
        Forbidden(.worker, "select reaction from public.issue_reactions"),
        Forbidden(.worker, "select asset from public.file_assets"),
        Forbidden(.worker, "update public.file_assets set asset = 'x'"),
        Forbidden(.worker, "update public.draft_issues set name = 'x'"),
        Forbidden(.worker, "insert into github_sync.schema_migrations (name) values ('x')"),
        Forbidden(.worker, "update github_sync.github_user_links set user_id = gen_random_uuid()"),
        Forbidden(.worker, "update github_sync.github_rate_limits set per_minute = 1"),
        Forbidden(.worker, "insert into github_sync.github_rate_limits values (1, 1, 1)"),
        Forbidden(.worker, "delete from github_sync.github_rate_limits"),
        Forbidden(.worker, "delete from github_sync.github_principals"),
        Forbidden(.worker, "delete from github_sync.github_budget"),
        Forbidden(.worker, "delete from github_sync.github_call_slots"),
        Forbidden(.worker, "delete from github_sync.github_installation_tokens"),
        Forbidden(.worker, "insert into github_sync.github_user_links values (1, 'x', gen_random_uuid())"),
        Forbidden(.worker, "update github_sync.github_sync_settings set settings = '{}'"),
        Forbidden(.worker, "insert into github_sync.github_sync_settings values (gen_random_uuid(), '{}', 'x')"),
        Forbidden(.worker, "select 1 from github_sync.github_sync_settings_changes"),
        Forbidden(.worker, "create table github_sync.mine (n int)"),
        Forbidden(.worker, "create table public.mine (n int)"),
        Forbidden(.worker, "drop table \(events)"),
        Forbidden(.worker, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.worker, "insert into public.api_tokens (id) values (gen_random_uuid())"),
        Forbidden(.worker, "insert into public.project_members (id) values (gen_random_uuid())"),
        Forbidden(.worker, "update public.accounts set user_id = gen_random_uuid()"),
        Forbidden(.worker, "insert into public.accounts (id) values (gen_random_uuid())"),
        Forbidden(.worker, "insert into public.github_repository_syncs (id) values (gen_random_uuid())"),
        Forbidden(.worker, "delete from github_sync.github_workers"),
        Forbidden(.worker, "select 1 from github_sync.github_unfollowed_repositories"),
        Forbidden(.worker, "delete from github_sync.github_outbound"),
        Forbidden(.worker, "delete from github_sync.github_outbound_log"),
        Forbidden(.worker, "update github_sync.github_outbound_log set sent = '{}'"),
        Forbidden(.worker, "insert into github_sync.github_outbound_wakes values ('issue', gen_random_uuid())"),
        Forbidden(.worker, "update github_sync.github_outbound_wakes set received_at = now()"),
        Forbidden(.worker, "create trigger mine after insert on public.issues for each row execute function mine()"),
        Forbidden(.worker, "set role plane_sync_admin"),
        Forbidden(.worker, "set role plane_sync_bot"),
        Forbidden(.worker, "alter role test_worker superuser"),
        Forbidden(.worker, "select pg_read_file('/etc/passwd')"),
        Forbidden(.worker, "copy public.states to program 'true'"),

        // admin: makes connections; nobody's secrets, nobody a user, member or superuser, nothing of Plane's to delete.
        Forbidden(.admin, "insert into public.users (id, is_superuser) values (gen_random_uuid(), true)"),
        Forbidden(.admin, "insert into public.api_tokens (id, is_active) values (gen_random_uuid(), true)"),
        Forbidden(.admin, "update public.users set password = 'x'"),
        Forbidden(.admin, "update public.users set is_active = true"),
        Forbidden(.admin, "update public.users set email = 'me@example.com'"),
        Forbidden(.admin, "update public.api_tokens set user_id = gen_random_uuid()"),
        Forbidden(.admin, "insert into public.workspace_members (id, role) values (gen_random_uuid(), 20)"),
        Forbidden(.admin, "insert into public.project_members (id, role) values (gen_random_uuid(), 20)"),
        Forbidden(.admin, "update public.workspace_members set role = 20"),
        Forbidden(.admin, "update public.project_members set role = 20"),
        Forbidden(.admin, "update public.project_members set is_active = true"),
        Forbidden(.admin, "update public.workspace_integrations set actor_id = gen_random_uuid()"),
        Forbidden(.admin, "insert into public.workspace_integrations (id) values (gen_random_uuid())"),
        Forbidden(.admin, "insert into public.integrations (id) values (gen_random_uuid())"),
        Forbidden(.admin, "insert into public.accounts (id) values (gen_random_uuid())"),
        Forbidden(.admin, "update public.accounts set user_id = gen_random_uuid()"),
        Forbidden(.admin, "select user_id from public.api_tokens"),
        Forbidden(.admin, "select access_token from public.accounts"),
        Forbidden(.admin, "select token from public.users"),
        Forbidden(.admin, "delete from public.issues"),
        Forbidden(.admin, "truncate github_sync.github_webhook_events"),
        Forbidden(.admin, "create or replace function github_sync.mine() returns int language sql return 1"),
        Forbidden(.admin, "alter function github_sync.ensure_bot(uuid) security invoker"),
        Forbidden(.admin, "create table public.mine (n int)"),
        Forbidden(.admin, "set role plane_sync_bot"),
        Forbidden(.admin, "set role plane_sync_owner"),
        Forbidden(.admin, "alter role test_admin superuser"),

        // prune: deletes what is finished, and sees of it what it takes to know that.
        Forbidden(.prune, "select payload from \(events)"),
        Forbidden(.prune, "select repository_name from \(events)"),
        Forbidden(.prune, "select error_message from \(events)"),
        Forbidden(.prune, "update \(events) set status = 'pending'"),
        Forbidden(.prune, "update \(events) set payload = '{}'"),
        Forbidden(.prune, "insert into \(events) (id) values (gen_random_uuid())"),
        Forbidden(.prune, "truncate \(events)"),
        Forbidden(.prune, "select host from github_sync.github_workers"),
        Forbidden(.prune, "delete from github_sync.github_issue_versions"),
        Forbidden(.prune, "select 1 from github_sync.github_installation_tokens"),
        Forbidden(.prune, "delete from github_sync.schema_migrations"),
        Forbidden(.prune, "select 1 from github_sync.github_outbound_wakes"),
        Forbidden(.prune, "select 1 from github_sync.github_outbound"),
        Forbidden(.prune, "select sent from github_sync.github_outbound_log"),
        Forbidden(.prune, "update github_sync.github_outbound_log set sent = '{}'"),
        Forbidden(.prune, "delete from github_sync.github_sync_settings"),
        Forbidden(.prune, "delete from github_sync.github_user_links"),
        Forbidden(.prune, "select name from public.issues"),
        Forbidden(.prune, "delete from public.issues"),
        Forbidden(.prune, "select id from public.users"),
        Forbidden(.prune, "select 1 from public.github_repositories"),
        Forbidden(.prune, "select * from github_sync.followers('{1}')"),
        Forbidden(.prune, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.prune, "create table github_sync.mine (n int)"),
        Forbidden(.prune, "create table public.mine (n int)"),
        Forbidden(.prune, "set role plane_sync_admin"),

        Forbidden(.admin, "select password from public.users"),
        Forbidden(.admin, "select token from public.api_tokens"),
        Forbidden(.admin, "update public.users set is_superuser = true"),
        Forbidden(.admin, "update public.api_tokens set is_active = true"),
        Forbidden(.admin, "select credentials from public.github_repository_syncs"),
        Forbidden(.admin, "select config from public.workspace_integrations"),
        Forbidden(.admin, "delete from public.github_repository_syncs"),
        Forbidden(.admin, "delete from github_sync.github_sync_settings"),
        Forbidden(.admin, "update github_sync.github_sync_settings_changes set changed_by = 'x'"),
        Forbidden(.admin, "delete from github_sync.github_sync_settings_changes"),
        Forbidden(.admin, "create table github_sync.mine (n int)"),

        // monitor: looks, and sees neither what was sent nor a token.
        Forbidden(.monitor, "select payload from \(events)"),
        Forbidden(.monitor, "select claim_token from \(events)"),
        Forbidden(.monitor, "update \(events) set status = 'pending'"),
        Forbidden(.monitor, "insert into \(events) (id) values (gen_random_uuid())"),
        Forbidden(.monitor, "delete from \(events)"),
        Forbidden(.monitor, "update github_sync.github_workers set host = 'x'"),
        Forbidden(.monitor, "select 1 from github_sync.github_ingest_nodes"),
        Forbidden(.monitor, "select 1 from github_sync.github_unfollowed_repositories"),
        Forbidden(.monitor, "select 1 from github_sync.github_outbound_wakes"),
        Forbidden(.monitor, "select 1 from github_sync.github_outbound_looks"),
        Forbidden(.monitor, "update github_sync.github_outbound set status = 'pending'"),
        Forbidden(.monitor, "delete from github_sync.github_outbound_log"),
        Forbidden(.monitor, "select name from public.issues"),
        Forbidden(.monitor, "select email from public.users"),
        Forbidden(.monitor, "select 1 from public.github_repositories"),
        Forbidden(.monitor, "select 1 from github_sync.github_user_links"),
        Forbidden(.monitor, "select 1 from github_sync.github_rate_limits"),
        Forbidden(.monitor, "select 1 from github_sync.github_installation_tokens"),
        Forbidden(.monitor, "select known_as from github_sync.github_principals"),
        Forbidden(.monitor, "update github_sync.github_principals set strikes = 0"),
        Forbidden(.monitor, "select * from github_sync.take_turns(1, 1)"),
        Forbidden(.monitor, "select 1 from github_sync.github_sync_settings"),
        Forbidden(.monitor, "create table public.mine (n int)"),

        Forbidden(.monitor, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.monitor, "set role plane_sync_worker"),
        // viewer: reads what pages show, and changes nothing.
        Forbidden(.viewer, "select claim_token from \(events)"),
        Forbidden(.viewer, "update \(events) set status = 'pending'"),
        Forbidden(.viewer, "insert into \(events) (id) values (gen_random_uuid())"),
        Forbidden(.viewer, "delete from \(events)"),
        Forbidden(.viewer, "select host from github_sync.github_ingest_nodes"),
        Forbidden(.viewer, "select 1 from github_sync.github_outbound_wakes"),
        Forbidden(.viewer, "update github_sync.github_outbound set status = 'pending'"),
        Forbidden(.viewer, "insert into github_sync.github_operator_actions (who) values ('x')"),
        Forbidden(.viewer, "update github_sync.github_sync_settings set settings = '{}'"),
        Forbidden(.viewer, "delete from github_sync.github_user_links"),
        Forbidden(.viewer, "select 1 from github_sync.github_rate_limits"),
        Forbidden(.viewer, "select 1 from github_sync.github_installation_tokens"),
        Forbidden(.viewer, "select description_html from public.issues"),
        Forbidden(.viewer, "select comment_html from public.issue_comments"),
        Forbidden(.viewer, "update public.issues set name = 'x'"),
        Forbidden(.viewer, "select email from public.users"),
        Forbidden(.viewer, "select password from public.users"),
        Forbidden(.viewer, "select access_token from public.accounts"),
        Forbidden(.viewer, "select credentials from public.github_repository_syncs"),
        Forbidden(.viewer, "select secret_key from public.webhooks"),
        Forbidden(.viewer, "select * from github_sync.take_turns(1, 1)"),
        Forbidden(.viewer, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.viewer, "set role plane_sync_worker"),

        // owner: our schema is its own, Plane's rows are not its business.
        Forbidden(.owner, "select * from github_sync.ensure_bot(gen_random_uuid())"),
        Forbidden(.owner, "alter function github_sync.ensure_bot(uuid) security invoker"),
        Forbidden(
            .owner,
            "create or replace function github_sync.ensure_bot(project uuid) returns int language sql return 1"
        ),
        Forbidden(.owner, "insert into public.users (id, is_superuser) values (gen_random_uuid(), true)"),
        Forbidden(.owner, "insert into public.api_tokens (id) values (gen_random_uuid())"),
        Forbidden(.owner, "update public.workspace_members set role = 20"),
        Forbidden(.owner, "set role plane_sync_bot"),
        Forbidden(.owner, "create trigger mine after insert on public.issues for each row execute function mine()"),
        Forbidden(.owner, "select name from public.issues"),
        Forbidden(.owner, "select email from public.users"),
        Forbidden(.owner, "update public.issues set name = 'x'"),
        Forbidden(.owner, "create table public.mine (n int)"),
        Forbidden(.owner, "create schema mine"),
    ]

    @Test func `what a role does not need is refused`() async throws {
        try await TestDatabase.with { database in
            for role in TestRole.allCases {
                let connection = database.connection(as: role)
                for forbidden in Self.forbidden where forbidden.role == role {
                    let state = await connection.refusal(of: forbidden.statement)
                    #expect(state == "42501", "\(forbidden.description)")
                }
            }
            print("refused: \(Self.forbidden.count) statements")
        }
    }

    @Test func `only prune and users unmap may delete, and only the owner has grants to give`() async throws {
        try await TestDatabase.with { database in
            let held: [String] = try await database.connection().values(
                """
                select distinct g.grantee || ' ' || g.privilege_type || ' ' || g.table_name as value
                from information_schema.role_table_grants as g
                where g.grantee in (
                    'plane_sync_ingest', 'plane_sync_worker', 'plane_sync_admin', 'plane_sync_prune',
                    'plane_sync_monitor', 'plane_sync_viewer', 'plane_sync_bot', 'PUBLIC'
                )
                and g.table_schema in ('public', 'github_sync')
                and (
                    g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE') or g.is_grantable = 'YES'
                    or g.grantee = 'PUBLIC'
                )
                """
            )
            #expect(
                held.sorted() == [
                    "plane_sync_admin DELETE github_rate_limits", "plane_sync_admin DELETE github_user_links",
                    "plane_sync_prune DELETE github_ingest_nodes", "plane_sync_prune DELETE github_operator_actions",
                    "plane_sync_prune DELETE github_outbound_log", "plane_sync_prune DELETE github_sync_jobs",
                    "plane_sync_prune DELETE github_webhook_events", "plane_sync_prune DELETE github_workers",
                    "plane_sync_worker DELETE github_event_stats", "plane_sync_worker DELETE github_outbound_wakes",
                    "plane_sync_worker DELETE github_pull_references",
                ]
            )
            let callable: [String] = try await database.connection().values(
                """
                select r.rolname || ' ' || p.proname as value
                from pg_proc as p cross join pg_roles as r
                where p.pronamespace = 'github_sync'::regnamespace
                    and r.rolname in (
                        'plane_sync_ingest', 'plane_sync_prune', 'plane_sync_monitor', 'plane_sync_viewer'
                    )
                    and has_function_privilege(r.oid, p.oid, 'execute')
                """
            )
            #expect(
                callable.sorted() == [
                    "plane_sync_monitor first_event_id", "plane_sync_monitor latency_of",
                    "plane_sync_monitor received_at", "plane_sync_viewer first_event_id",
                    "plane_sync_viewer followers", "plane_sync_viewer latency_of", "plane_sync_viewer received_at",
                ]
            )
        }
    }

    @Test func `whoever can log in is in one group, and nobody is in that of the bot`() async throws {
        try await TestDatabase.with { database in
            let members: [String] = try await database.connection().values(
                """
                select m.member::regrole || ' in ' || m.roleid::regrole as value
                from pg_auth_members as m
                where m.roleid::regrole::text like 'plane_sync_%' and m.member::regrole::text like any (array[
                    'test\\_%', 'plane\\_sync\\_%'
                ])
                """
            )
            #expect(
                members.sorted() == [
                    "plane_sync_admin in plane_sync_prune", "plane_sync_admin in plane_sync_worker",
                    "plane_sync_viewer in plane_sync_monitor",
                    "test_admin in plane_sync_admin", "test_ingest in plane_sync_ingest",
                    "test_monitor in plane_sync_monitor", "test_owner in plane_sync_owner",
                    "test_plane in plane_sync_owner", "test_prune in plane_sync_prune",
                    "test_viewer in plane_sync_viewer", "test_worker in plane_sync_worker",
                ]
            )
        }
    }

    @Test func `the monitor sees the events without their payload, and three commands`() async throws {
        try await TestDatabase.with { database in
            var failed = CommandsSeed()
            failed.status = .failed
            failed.error = "no such state"
            try await database.connection().insert(failed)
            let monitor = database.connection(as: .monitor)
            let error: String = try await monitor.value(
                "select error_message as value from github_sync.github_webhook_events"
            )
            #expect(error == "no such state")
            for words in [["status"], ["events"], ["show", failed.id.uuidString]] {
                let run = try await CommandsRun.worker(words, on: database, as: .monitor)
                #expect(run.status == 0)
                #expect(run.output.contains("no such state"))
            }
        }
    }
}

extension Connection {
    /// The SQLSTATE a statement is refused with, in a transaction that is rolled back whatever comes.
    fileprivate func refusal(of statement: String) -> String? {
        struct NotRefused: Error {}
        do {
            try transaction { connection in
                try connection.run(Query(unescapedTextOfOurOwn: statement))
                throw NotRefused()
            }
        } catch {
            return (error as? DatabaseError)?.sqlState
        }
        return nil
    }
}
