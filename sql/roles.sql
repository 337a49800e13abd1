-- Creates the group roles of the programs and grants each of them only the rights that it needs.
--
--   psql -f sql/roles.sql "$ADMINISTRATOR_URL"
--
-- Run it in Plane's database before the first `plane-worker migrate`, and again after each migrate that applied a
-- migration, because rights on a table can be granted only once the table exists. You may run it as often as you like,
-- while everything works: in one transaction it revokes what it does not list and grants what it lists. The
-- administrator must be a superuser, or must own Plane's tables and have the right to create roles and schemas.
--
--   plane_sync_owner    owns the schema github_sync; for `plane-worker migrate`. It has no rights on Plane's rows
--   plane_sync_ingest   plane-ingest: stores deliveries and wake-ups, and reads which repositories are connected
--   plane_sync_worker   plane-worker run, status, events, show, replay: the queue, and everything that the sync reads
--                       and writes in Plane. It cannot delete rows of Plane
--   plane_sync_admin    plane-worker connect and every other command but migrate
--   plane_sync_prune    plane-worker prune: deletes from the queue, and reads only what it needs for that
--   plane_sync_monitor  reads the views, and all columns of github_webhook_events except payload and claim_token
--   plane_sync_viewer   plane-worker dashboard that changes nothing: reads what the monitor reads, the bodies of
--                       deliveries, and of Plane the names of issues, projects and repositories
--
-- These roles cannot log in. Create a login role for each program as a member of its group:
--
--   create role ingest login password '…' in role plane_sync_ingest;
--
-- One more role, plane_sync_bot, has no members. The function github_sync.ensure_bot runs with its rights when it
-- creates the bot that `connect` needs. So no program needs the right to create users.
--
-- To use other names: psql -v owner=… -v ingest=… -v worker=… -v admin=… -v prune=… -v monitor=…
--                     -v viewer=… -v bot=…
\set ON_ERROR_STOP on
\set QUIET on
\if :{?owner} \else \set owner plane_sync_owner \endif
\if :{?ingest} \else \set ingest plane_sync_ingest \endif
\if :{?worker} \else \set worker plane_sync_worker \endif
\if :{?admin} \else \set admin plane_sync_admin \endif
\if :{?prune} \else \set prune plane_sync_prune \endif
\if :{?monitor} \else \set monitor plane_sync_monitor \endif
\if :{?viewer} \else \set viewer plane_sync_viewer \endif
\if :{?bot} \else \set bot plane_sync_bot \endif

begin;
-- So that the names printed below include their schema, and nobody can put a function or an operator in our way.
set local search_path = pg_catalog;
set local lock_timeout = '20s';
set local client_min_messages = warning;
-- Lets one administrator in at a time. The key is "gsync" in ASCII; migrations take the same one.
select pg_advisory_xact_lock(444234003555) \g /dev/null

select to_regclass('public.django_migrations') is null as is_elsewhere \gset
\if :is_elsewhere
    do $$ begin raise exception 'this is not Plane''s database: public.django_migrations is missing'; end $$;
\endif

-- The roles -----------------------------------------------------------------------------------------------------------

select format('create role %I nologin', wanted.name)
from (
    values (:'owner'), (:'ingest'), (:'worker'), (:'admin'), (:'prune'), (:'monitor'), (:'viewer'), (:'bot')
) as wanted (name)
where not exists (select from pg_roles where rolname = wanted.name)
\gexec

-- Only a superuser or a member of a role may make that role the owner of something.
select format('grant %I to current_user', given.name)
from (values (:'owner'), (:'bot')) as given (name)
where not pg_has_role(current_user, given.name, 'usage')
\gexec

grant :"worker", :"prune" to :"admin";
grant :"monitor" to :"viewer";

-- Our schema: its owner -----------------------------------------------------------------------------------------------

create schema if not exists github_sync authorization :"owner";
alter schema github_sync owner to :"owner";

-- An earlier migrate may have created these as another role. A sequence that belongs to a column changes its owner with
-- the table.
select format('alter table %s owner to %I', c.oid::regclass, :'owner')
from pg_class as c
where c.relnamespace = 'github_sync'::regnamespace
  and c.relkind in ('r', 'p', 'v', 'm', 'S')
  and c.relowner <> :'owner'::regrole
  and not exists (
      select from pg_depend as d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass
  )
union all
select format('alter routine %s owner to %I', p.oid::regprocedure, :'owner')
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace and p.proowner not in (:'owner'::regrole, :'bot'::regrole)
union all
select format('alter type %s owner to %I', t.oid::regtype, :'owner')
from pg_type as t
where t.typnamespace = 'github_sync'::regnamespace and t.typtype in ('e', 'd') and t.typowner <> :'owner'::regrole
\gexec

-- The worker may use new objects of the owner at once, so that an upgrade does not depend on when this file is run.
alter default privileges for role :"owner" revoke execute on functions from public;
alter default privileges for role :"owner" in schema github_sync grant execute on functions to :"worker";
alter default privileges for role :"owner" in schema github_sync grant select, insert, update on tables to :"worker";
alter default privileges for role :"owner" in schema github_sync grant usage on sequences to :"worker";

-- Revoke what these roles have now, table by table and column by column -----------------------------------------------

select distinct format('revoke all on %s from %I', c.oid::regclass, r.rolname)
from pg_class as c
cross join pg_roles as r
where c.relnamespace in ('public'::regnamespace, 'github_sync'::regnamespace)
  and r.rolname in (:'ingest', :'worker', :'admin', :'prune', :'monitor', :'viewer', :'bot')
  and (
      exists (select from aclexplode(c.relacl) as a where a.grantee = r.oid)
      or exists (
          select from pg_attribute as attribute, aclexplode(attribute.attacl) as a
          where attribute.attrelid = c.oid and not attribute.attisdropped and a.grantee = r.oid
      )
  )
\gexec
select format(
    'revoke all on function %s from public, %I, %I, %I, %I, %I',
    p.oid::regprocedure, :'ingest', :'admin', :'prune', :'monitor', :'viewer'
)
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace
\gexec

select format('grant connect on database %I to %I', current_database(), r.rolname)
from pg_roles as r
where r.rolname in (:'owner', :'ingest', :'worker', :'admin', :'prune', :'monitor', :'viewer')
  and not has_database_privilege(r.oid, current_database(), 'connect')
\gexec
grant usage on schema public to :"owner", :"ingest", :"worker", :"admin", :"prune", :"monitor", :"bot";
grant usage on schema github_sync to :"ingest", :"worker", :"admin", :"prune", :"monitor";

-- Every program checks at its start that Plane's schema is one that it knows.
grant select (app, name) on public.django_migrations
    to :"owner", :"ingest", :"worker", :"admin", :"prune", :"monitor";

-- Our tables ----------------------------------------------------------------------------------------------------------

select format('grant %s on %s to %I', given.privileges, given.object, given.role)
from (
    values
        ('schema_migrations', 'select', :'ingest'),
        ('schema_migrations', 'select', :'worker'),
        ('schema_migrations', 'select', :'prune'),
        ('schema_migrations', 'select', :'monitor'),

        -- A failed delivery that arrives again becomes pending. Ingest may change nothing else of a stored delivery,
        -- and it cannot read what others sent.
        ('github_webhook_events',
            'insert (id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, payload,
                subject_number, subject_changed_at, sender_login)',
            :'ingest'),
        ('github_webhook_events', 'select (id, delivery_id, status)', :'ingest'),
        ('github_webhook_events',
            'update (status, retry_count, crash_count, run_at, error_message, processed_at, updated_at,
                replayed_at)',
            :'ingest'),

        -- What it reads from GitHub becomes events too.
        ('github_webhook_events',
            'select, insert (id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id,
                payload, subject_number, subject_changed_at, sender_login)',
            :'worker'),
        ('github_sync_jobs', 'select, insert, update', :'worker'),
        ('github_webhook_events',
            'update (status, retry_count, max_retries, crash_count, run_at, claim_token, claimed_by, lease_until,
                claimed_at, updated_at, processed_at, error_message, result, turn_at, subject_number,
                subject_changed_at, sender_login, replayed_at, attempts, finished_by, counted)',
            :'worker'),
        -- It adds up what its sessions counted apart.
        ('github_event_stats', 'select, insert, update, delete', :'worker'),
        ('github_event_stats', 'select', :'monitor'),
        ('github_event_receipts', 'select, insert, update', :'worker'),
        ('github_event_receipts', 'select', :'monitor'),
        -- What people had done can only grow.
        ('github_operator_actions', 'select, insert', :'worker'),
        ('github_operator_actions', 'select', :'monitor'),
        ('github_operator_actions', 'delete, select (id, done_at)', :'prune'),
        -- It locks rows before it deletes them, and a lock needs the right to update some column.
        ('github_webhook_events', 'delete, select (id, status, claimed_by), update (updated_at)', :'prune'),
        ('github_workers', 'delete, select (id, stopped_at, heartbeat_at)', :'prune'),
        ('github_ingest_nodes', 'delete, select (id, stopped_at, heartbeat_at)', :'prune'),
        ('github_issue_versions', 'select, insert, update', :'worker'),
        ('github_comment_versions', 'select, insert, update', :'worker'),
        ('github_pull_versions', 'select, insert, update', :'worker'),
        -- Issues that a pull request no longer mentions are deleted.
        ('github_pull_references', 'select, insert, delete', :'worker'),
        ('github_label_versions', 'select, insert, update', :'worker'),
        ('github_repository_versions', 'select, insert, update', :'worker'),
        ('github_project_numbers', 'select, insert, update', :'worker'),
        ('github_state_orders', 'select, insert, update', :'worker'),
        ('github_user_links', 'select', :'worker'),
        -- For users map and users unmap.
        ('github_user_links', 'insert, update, delete', :'admin'),
        -- For configure. The history of changes can only grow.
        ('github_sync_settings', 'select', :'worker'),
        ('github_sync_settings', 'insert, update', :'admin'),
        ('github_sync_settings_changes', 'select, insert', :'admin'),
        ('github_workers', 'select, insert, update', :'worker'),
        -- Each plane-ingest reports its own state, and cannot read the reports of others.
        ('github_ingest_nodes', 'insert, update, select (id)', :'ingest'),
        ('github_ingest_nodes', 'select', :'worker'),
        -- It adds, and replaces the oldest; the names are for whoever connects.
        ('github_unfollowed_repositories',
            'select (repository_id, seen_at), insert (repository_id, full_name),
                update (repository_id, full_name, seen_at)',
            :'ingest'),
        ('github_unfollowed_repositories', 'select', :'admin'),
        ('github_rate_limits', 'select, update (next_free_at)', :'worker'),
        ('github_rate_limits', 'insert, update, delete', :'admin'),
        ('github_outbound', 'select, insert, update', :'worker'),
        ('github_outbound', 'select', :'monitor'),
        ('github_outbound_looks', 'select, insert, update', :'worker'),
        ('github_outbound_log', 'select, insert', :'worker'),
        ('github_outbound_log', 'select', :'monitor'),
        ('github_outbound_log', 'delete, select (id, sent_at)', :'prune'),
        -- Ingest says what has changed in Plane; the worker takes that away.
        ('github_outbound_wakes', 'select (kind, plane_id), insert (kind, plane_id), update (received_at)', :'ingest'),
        ('github_outbound_wakes', 'select, delete', :'worker'),
        ('github_sync_jobs', 'select', :'monitor'),
        ('github_sync_jobs', 'delete, select (id, processed_at, status)', :'prune'),
        ('github_principals', 'select, insert, update', :'worker'),
        ('github_budget', 'select, insert, update', :'worker'),
        ('github_call_slots', 'select, insert, update', :'worker'),
        -- The tokens are encrypted, and even so nobody else may read them.
        ('github_installation_tokens', 'select, insert, update', :'worker'),

        ('github_webhook_events',
            'select (id, delivery_id, event_type, action, status, retry_count, max_retries, crash_count, run_at,
                claimed_by, lease_until, claimed_at, repository_id, repository_name, repository_sync_id, created_at,
                updated_at, processed_at, error_message, result, turn_at, subject_number, subject_changed_at,
                sender_login, replayed_at, attempts, finished_by, counted)',
            :'monitor'),
        ('github_workers', 'select', :'monitor'),

        -- For the pages: bodies, the version in force, settings and who changed them, who is mapped.
        ('github_webhook_events', 'select (payload)', :'viewer'),
        ('github_issue_versions', 'select', :'viewer'),
        ('github_sync_settings', 'select', :'viewer'),
        ('github_sync_settings_changes', 'select', :'viewer'),
        ('github_outbound_looks', 'select', :'viewer'),
        ('github_unfollowed_repositories', 'select', :'viewer'),
        ('github_user_links', 'select', :'viewer')
) as listed (name, privileges, role)
cross join lateral (select 'github_sync.' || listed.name as object, listed.privileges, listed.role) as given
where to_regclass(given.object) is not null
union all
select format('grant select on %s to %I, %I', c.oid::regclass, :'worker', :'monitor')
from pg_class as c
where c.relnamespace = 'github_sync'::regnamespace and c.relkind in ('v', 'm')
union all
-- The worker gets the default privileges on a table that this file does not list yet.
select format('grant select, insert, update on %s to %I', c.oid::regclass, :'worker')
from pg_class as c
where c.relnamespace = 'github_sync'::regnamespace
  and c.relkind in ('r', 'p')
  and c.relname not in (
      'schema_migrations', 'github_webhook_events', 'github_issue_versions', 'github_comment_versions',
      'github_pull_versions', 'github_pull_references', 'github_label_versions', 'github_repository_versions',
      'github_project_numbers', 'github_state_orders', 'github_user_links', 'github_workers', 'github_rate_limits',
      'github_sync_settings', 'github_sync_settings_changes', 'github_ingest_nodes', 'github_principals',
      'github_budget', 'github_call_slots', 'github_installation_tokens', 'github_sync_jobs',
      'github_unfollowed_repositories',
      'github_outbound', 'github_outbound_looks', 'github_outbound_log', 'github_outbound_wakes',
      'github_event_stats', 'github_event_receipts', 'github_operator_actions'
  )
\gexec
grant usage on all sequences in schema github_sync to :"worker";
grant execute on all functions in schema github_sync to :"worker";
-- Whoever reads a view needs the right to execute the functions in it.
select format('grant execute on function %s to %I', p.oid::regprocedure, :'monitor')
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace and p.proname in ('first_event_id', 'latency_of', 'received_at')
\gexec
select format('grant execute on function %s to %I', p.oid::regprocedure, :'viewer')
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace and p.proname = 'followers'
\gexec

-- Plane's tables ------------------------------------------------------------------------------------------------------

-- Only these columns: the others hold configuration and credentials that nobody here needs.
grant select (id, repository_id, deleted_at) on public.github_repositories to :"ingest";
grant select (id, repository_id, deleted_at) on public.github_repository_syncs to :"ingest";

-- Only single columns of users and accounts, because others hold passwords, tokens and mail addresses.
grant select (id, repository_id, owner, name, deleted_at) on public.github_repositories to :"worker";
grant select (id, repository_id, project_id, actor_id, deleted_at) on public.github_repository_syncs to :"worker";
grant select (id, display_name, is_active) on public.users to :"worker";
grant select (provider, provider_account_id, user_id) on public.accounts to :"worker";
grant select (project_id, member_id, role, is_active, deleted_at) on public.project_members to :"worker";
grant select (id, workspace_id, identifier, archived_at, deleted_at) on public.projects to :"worker";
grant select (id, slug, deleted_at) on public.workspaces to :"worker";
-- Whether people changed a field, or a stale save did.
grant select (issue_id, field, created_at) on public.issue_activities to :"worker";
grant select (id, name, project_id, archived_at, deleted_at) on public.modules to :"worker";
grant select on
    public.states, public.labels, public.issues, public.issue_sequences, public.issue_comments, public.descriptions,
    public.issue_labels, public.issue_assignees, public.issue_links, public.issue_subscribers, public.cycle_issues,
    public.module_issues, public.issue_relations, public.github_issue_syncs, public.github_comment_syncs
to :"worker";
grant insert on
    public.issues, public.issue_sequences, public.issue_comments, public.descriptions, public.labels,
    public.issue_labels, public.issue_assignees, public.issue_links, public.issue_activities, public.module_issues,
    public.github_issue_syncs, public.github_comment_syncs
to :"worker";
grant update on public.issues, public.issue_comments, public.descriptions, public.issue_labels, public.issue_assignees
to :"worker";
grant update (title, url, deleted_at, updated_at, updated_by_id) on public.issue_links to :"worker";
-- For labels and repositories that were renamed on GitHub.
grant update (name, color, description, deleted_at, updated_at, updated_by_id) on public.labels to :"worker";
grant update (owner, name, url, updated_at) on public.github_repositories to :"worker";
-- Rows that are soft-deleted together with their issue or comment. Of rows that people created, the worker may read only
-- to which issue or comment they belong.
grant update (deleted_at, updated_at) on
    public.issue_subscribers, public.cycle_issues, public.module_issues, public.issue_relations,
    public.issue_mentions, public.issue_reactions, public.issue_votes, public.issue_attachments,
    public.issue_versions, public.issue_description_versions, public.issue_blockers, public.intake_issues,
    public.comment_reactions, public.file_assets, public.github_issue_syncs, public.github_comment_syncs
to :"worker";
grant select (issue_id, deleted_at) on
    public.issue_mentions, public.issue_reactions, public.issue_votes, public.issue_attachments,
    public.issue_versions, public.issue_description_versions, public.intake_issues, public.file_assets
to :"worker";
grant select (comment_id, deleted_at) on public.comment_reactions, public.file_assets to :"worker";
grant select (block_id, blocked_by_id, deleted_at) on public.issue_blockers to :"worker";
grant update (issue_id) on public.issue_sequences to :"worker";
-- Rows that stay when the issue they refer to is deleted, and lose only the reference.
grant select (duplicate_to_id), update (duplicate_to_id) on public.intake_issues to :"worker";
grant select (parent_id), update (parent_id, updated_at) on public.draft_issues to :"worker";

-- For the pages: names, and who is whom. No descriptions, no texts of comments, no mail addresses.
grant select (id, repository_id, owner, name, deleted_at) on public.github_repositories to :"viewer";
grant select (id, repository_id, project_id, actor_id, deleted_at) on public.github_repository_syncs to :"viewer";
grant select (id, workspace_id, identifier, archived_at, deleted_at) on public.projects to :"viewer";
grant select (id, slug, deleted_at) on public.workspaces to :"viewer";
grant select (id, project_id, sequence_id, name, deleted_at, is_draft, archived_at, created_at) on public.issues
to :"viewer";
grant select (id, issue_id) on public.issue_comments to :"viewer";
grant select (project_id, name, deleted_at) on public.labels to :"viewer";
grant select (project_id, member_id, is_active, deleted_at) on public.project_members to :"viewer";
grant select (id, is_active) on public.users to :"viewer";
grant select (provider, provider_account_id, user_id) on public.accounts to :"viewer";

-- For connecting a repository; the rights to create the bot are below. The admin has the worker's rights as well.
grant select (url, project_id) on public.github_repositories to :"admin";
grant select (created_at) on public.github_repository_syncs to :"admin";
grant insert on public.github_repositories, public.github_repository_syncs to :"admin";
grant update (deleted_at, updated_at, owner, name, url) on public.github_repositories to :"admin";
grant update (deleted_at, updated_at, actor_id, workspace_integration_id, label_id)
    on public.github_repository_syncs to :"admin";
-- For mapping GitHub users to Plane users.
grant select (email, is_bot) on public.users to :"admin";
-- For doctor: whether Plane's webhook wakes the sync. Its secret stays unread.
select format(
    'grant select (workspace_id, url, is_active, issue, issue_comment, deleted_at) on public.webhooks to %I', :'admin'
)
where to_regclass('public.webhooks') is not null
\gexec

-- The bot -------------------------------------------------------------------------------------------------------------

-- Whoever may insert into users, api_tokens and the members' tables could become any user. So no role that logs in has
-- these rights.
grant select (id, workspace_id, archived_at, deleted_at) on public.projects to :"bot";
grant select (id, deleted_at) on public.workspaces to :"bot";
grant select (id, is_active, is_bot, is_superuser) on public.users to :"bot";
grant select (id, deleted_at) on public.api_tokens to :"bot";
grant select (id, provider, deleted_at) on public.integrations to :"bot";
grant select (id, workspace_id, integration_id, actor_id, api_token_id, deleted_at)
    on public.workspace_integrations to :"bot";
grant select (workspace_id, member_id, role, is_active, deleted_at) on public.workspace_members to :"bot";
grant select (project_id, member_id, role, is_active, deleted_at) on public.project_members to :"bot";
grant insert on
    public.users, public.api_tokens, public.integrations, public.workspace_integrations, public.workspace_members,
    public.project_members
to :"bot";
grant update (deleted_at, updated_at) on public.integrations to :"bot";
grant update (deleted_at, updated_at, actor_id, api_token_id) on public.workspace_integrations to :"bot";
grant update (role, is_active, updated_at) on public.workspace_members, public.project_members to :"bot";

-- Creates the function anew for the bot's role, with the text from the migration, but only if this is the known text.
-- Otherwise the owner of the schema could have replaced the function and would have it run with the rights above.
select coalesce(max(p.prosrc), '') as bot_text, count(p.oid) > 0 as is_known
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace and p.proname = 'ensure_bot'
  and encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') = '03a7819dbea265ea8fa33544b10b4945c55e42a27534b1fedb653d45867d5ad3'
\gset
\if :is_known
    select format('drop function %s', p.oid::regprocedure)
    from pg_proc as p
    where p.pronamespace = 'github_sync'::regnamespace and p.proname = 'ensure_bot'
    \gexec
    create function github_sync.ensure_bot(project uuid)
    returns table (
        link_id uuid, bot_id uuid, is_new_integration boolean, is_new_bot boolean, is_new_in_workspace boolean,
        is_new_in_project boolean
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    as :'bot_text';
    grant execute on function github_sync.ensure_bot(uuid) to :"admin";
    grant create on schema github_sync to :"bot";
    alter function github_sync.ensure_bot(uuid) owner to :"bot";
    revoke create on schema github_sync from :"bot";
\endif
-- Whatever the function's text is, the worker must not be able to create users.
select format('revoke all on routine %s from public, %I', p.oid::regprocedure, :'worker')
from pg_proc as p
where p.pronamespace = 'github_sync'::regnamespace and p.proname = 'ensure_bot'
\gexec

select
    to_regclass('github_sync.schema_migrations') is null as is_first,
    not :'is_known'::boolean and exists (
        select from pg_proc as p
        where p.pronamespace = 'github_sync'::regnamespace and p.proname = 'ensure_bot'
    ) as is_strange,
    has_schema_privilege('public', 'public', 'create') as is_open
\gset
commit;
\if :is_strange
    \echo github_sync.ensure_bot is not the function that this file knows: connect cannot make a bot. Use the file of the
    \echo version that migrated; if it is that, somebody changed the function.
\endif
\if :is_open
    \echo Everybody may create in the schema public. No program of ours uses what is put there, yet psql and others may:
    \echo revoke create on schema public from public
\endif
\if :is_first
    \echo The roles are there. Run plane-worker migrate as a member of :owner next, and then this file again.
\else
    \echo The roles have what they need and nothing else.
\endif
