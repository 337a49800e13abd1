import Base
import Database
import Foundation
import TestSupport

/// Objects that somebody who may create in the schema `public` puts there so that others run them.
///
/// Each does what PostgreSQL's own does and records who ran it: in `public.caught`.
enum HostileObjects {
    /// Plants them, as a role that owns nothing of Plane's or ours.
    static func plant(in database: TestDatabase) async throws {
        let superuser = try database.superuser()
        try await superuser.runScript(
            """
            grant create on schema public to public;
            create table public.caught (who name, what text);
            grant insert on public.caught to public;
            """,
            within: .seconds(20)
        )
        try await database.connection(as: .monitor).runScript(script, within: .seconds(60))
    }

    /// Who ran what of it.
    static func caught(in database: TestDatabase) async throws -> [String] {
        try await database.superuser().values(
            "select distinct who || ' ran ' || what as value from public.caught order by 1"
        )
    }

    private static let script = """
        set search_path = pg_catalog;

        create function public.record(what text) returns void language plpgsql set search_path = pg_catalog as $$
        begin
            insert into public.caught values (current_user, what);
        exception when read_only_sql_transaction then
            null;
        end $$;

        -- Better matches than PostgreSQL's own, for columns that are varchar in Plane, and mixtures.
        do $$
        declare
            one record;
        begin
            for one in
                select o.name, l.type as left_type, r.type as right_type
                from (values ('='), ('<>'), ('<'), ('>'), ('||'), ('~~'), ('!~~'), ('~')) as o (name)
                cross join (values ('varchar'), ('text'), ('name'), ('jsonb')) as l (type)
                cross join (values ('varchar'), ('text'), ('name'), ('int8')) as r (type)
                where not (l.type = 'text' and r.type = 'text') and not (l.type = 'name' and r.type = 'name')
            loop
                execute format(
                    'create function public.planted(%s, %s) returns %s language sql as %L',
                    one.left_type, one.right_type, case one.name when '||' then 'text' else 'bool' end,
                    format(
                        'select public.record(%L); select $1::pg_catalog.text operator(pg_catalog.%s) $2::pg_catalog.text',
                        'operator ' || one.name || ' of ' || one.left_type || ' and ' || one.right_type, one.name
                    )
                );
                execute format(
                    'alter function public.planted(%s, %s) rename to %I', one.left_type, one.right_type,
                    'planted_' || md5(one::text)
                );
                execute format(
                    'create operator public.%s (leftarg = %s, rightarg = %s, function = public.%I)',
                    one.name, one.left_type, one.right_type, 'planted_' || md5(one::text)
                );
            end loop;
        end $$;

        -- The very signatures of PostgreSQL's own: found first where search_path names public first.
        do $$
        declare
            f record;
        begin
            for f in
                select p.proname, pg_get_function_identity_arguments(p.oid) as arguments,
                    p.prorettype::regtype::text as result, p.proretset,
                    array_to_string(array(select '$' || n from generate_series(1, p.pronargs) as n), ', ') as values
                from pg_proc as p
                where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.provariadic = 0
                    and p.proargmodes is null
                    and not exists (
                        select from unnest(p.proargtypes::oid[] || p.prorettype) as t (oid)
                        join pg_type on pg_type.oid = t.oid
                        where pg_type.typtype = 'p' and pg_type.typname <> 'void'
                    )
                    and p.proname in (
                        'lower', 'upper', 'left', 'length', 'substr', 'substring', 'overlay', 'replace', 'encode',
                        'sha256', 'convert_to', 'now', 'clock_timestamp', 'statement_timestamp', 'gen_random_uuid',
                        'hashtextextended', 'pg_advisory_xact_lock', 'pg_try_advisory_xact_lock', 'pg_get_userbyid',
                        'pg_has_role', 'has_any_column_privilege', 'has_table_privilege', 'has_schema_privilege',
                        'to_regclass', 'set_config', 'current_setting', 'jsonb_array_elements_text', 'make_interval',
                        'jsonb_array_elements', 'jsonb_path_match', 'jsonb_path_query_first', 'date_trunc', 'age',
                        'pg_backend_pid', 'pg_notify', 'generate_series', 'split_part', 'to_hex', 'lpad', 'repeat',
                        'floor', 'extract', 'string_to_array', 'regexp_replace', 'pg_is_in_recovery', 'octet_length',
                        'host', 'inet_server_addr', 'pg_postmaster_start_time', 'txid_current', 'hashtext', 'timezone',
                        'concat_op', 'strpos', 'position', 'btrim', 'starts_with', 'quote_literal', 'quote_ident'
                    )
            loop
                execute format(
                    'create function public.%I(%s) returns %s %s language sql as %L', f.proname, f.arguments,
                    case when f.proretset then 'setof' else '' end, f.result,
                    format('select public.record(%L); select pg_catalog.%I(%s)', f.proname || '()', f.proname, f.values)
                );
            end loop;
            for f in
                select o.oprname, l.typname as left_type, r.typname as right_type, o.oprresult::regtype::text as result
                from pg_operator as o
                join pg_type as l on l.oid = o.oprleft
                join pg_type as r on r.oid = o.oprright
                where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprcode <> 0
                    and o.oprname in ('=', '<>', '<', '>', '<=', '>=', '||', '->', '->>', '#>>', '?', '+', '-', '@>', '~~')
                    and l.typname in ('text', 'uuid', 'int8', 'int4', 'timestamptz', 'interval', 'jsonb', 'bool', 'oid')
                    and r.typname in ('text', 'uuid', 'int8', 'int4', 'timestamptz', 'interval', 'jsonb', 'bool', '_text', 'oid')
            loop
                execute format(
                    'create function public.%I(%s, %s) returns %s language sql as %L', 'own_' || md5(f::text),
                    f.left_type, f.right_type, f.result,
                    format(
                        'select public.record(%L); select $1 operator(pg_catalog.%s) $2',
                        'operator ' || f.oprname || ' of ' || f.left_type || ' and ' || f.right_type, f.oprname
                    )
                );
                execute format(
                    'create operator public.%s (leftarg = %s, rightarg = %s, function = public.%I)',
                    f.oprname, f.left_type, f.right_type, 'own_' || md5(f::text)
                );
            end loop;
        end $$;

        -- What a word would mean that stands without a schema.
        create view public.pg_stat_activity as select * from pg_catalog.pg_stat_activity where public.record('pg_stat_activity') is not null;
        create view public.pg_roles as select * from pg_catalog.pg_roles where public.record('pg_roles') is not null;
        create view public.pg_namespace as select * from pg_catalog.pg_namespace where public.record('pg_namespace') is not null;
        create view public.pg_class as select * from pg_catalog.pg_class where public.record('pg_class') is not null;
        create view public.pg_proc as select * from pg_catalog.pg_proc where public.record('pg_proc') is not null;
        grant select on public.pg_stat_activity, public.pg_roles, public.pg_namespace, public.pg_class, public.pg_proc to public;
        create table public.github_webhook_events (id uuid);
        create table public.schema_migrations (name text);
        create domain public.uuid as pg_catalog.uuid check (public.record('type uuid') is not null);
        create domain public.jsonb as pg_catalog.jsonb check (public.record('type jsonb') is not null);
        create domain public.text as pg_catalog.text check (public.record('type text') is not null);
        create domain public.jsonpath as pg_catalog.jsonpath check (public.record('type jsonpath') is not null);
        """
}

extension TestDatabase {
    /// A connection as superuser of the cluster.
    func superuser() throws -> Connection {
        guard var parts = URLComponents(string: try TestEnvironment.databaseURL) else {
            throw TestHTTP.Broken(description: "TEST_DATABASE_URL cannot be read")
        }
        parts.path = "/\(name)"
        return Connection(DatabaseConfig(url: Secret(parts.string ?? ""), applicationName: "superuser"))
    }
}
