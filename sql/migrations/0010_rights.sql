-- Works with: 0.1.0
--
-- What runs with somebody's rights depends no longer on that somebody's search_path: in another schema may be an operator
-- or a function that is a better match than PostgreSQL's own, and whoever put it there would have those rights. And the
-- bot is made by a function, so that who connects repositories needs no right to make users, tokens and members;
-- sql/roles.sql lets it run as a role of its own.
--
-- New functions in this schema: `set search_path = pg_catalog`, or no name and no operator without its schema.
--
-- Locks: none that matter. Undo: drop function github_sync.ensure_bot, and make the others as 0002 to 0007 do.

alter function github_sync.first_event_id(timestamptz) set search_path = pg_catalog;
alter function github_sync.apply_rules(json, jsonb) set search_path = pg_catalog;
alter function github_sync.take_turns(bigint, bigint) set search_path = pg_catalog;
alter function github_sync.take_numbers(uuid, bigint) set search_path = pg_catalog;
alter function github_sync.take_places(uuid, bigint) set search_path = pg_catalog;

-- Not these three, which are called for many rows: a setting costs at each call, and keeps a function from becoming part
-- of the statement that calls it. What a body without quotation marks names is found when the function is made.
create or replace function github_sync.plane_id(repository_sync_id uuid, kind text, github_id bigint)
returns uuid
language sql immutable strict parallel safe
return overlay(
    overlay(
        substr(
            encode(
                sha256(convert_to(repository_sync_id::text || ':' || kind || ':' || github_id::text, 'UTF8')),
                'hex'
            ),
            1, 32
        ) placing '4' from 13 for 1
    ) placing '8' from 17 for 1
)::uuid;

create or replace function github_sync.number_lock_key(project_id uuid)
returns bigint
language sql immutable strict parallel safe
return ('x' || substr(encode(sha256(convert_to(project_id::text, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint;

-- With quotation marks, and so with the schema of each name: otherwise Plane's columns would be tied to it, and Plane's
-- own migrations be blocked.
create or replace function github_sync.followers(repository_ids bigint[])
returns table (
    repository_id bigint,
    repository_sync_id uuid,
    project_id uuid,
    workspace_id uuid,
    identifier text,
    bot_id uuid
)
language sql stable
as $$
    select r.repository_id, s.id, p.id, p.workspace_id, p.identifier::pg_catalog.text, s.actor_id
    from public.github_repositories as r
    inner join public.github_repository_syncs as s on s.repository_id operator(pg_catalog.=) r.id
    inner join public.projects as p on p.id operator(pg_catalog.=) s.project_id
    where r.repository_id operator(pg_catalog.=) any (repository_ids)
      and r.deleted_at is null
      and s.deleted_at is null
      and p.deleted_at is null
      and p.archived_at is null
$$;

-- The bot that acts in a project, with what Plane's tables need for one, made or mended where it is missing; nothing of
-- it is the caller's choice but the project. It is no superuser, nobody can log in as it (a password that starts with !
-- matches nothing), and its token, which an integration cannot be without, is not active.
--
-- Temporary objects come last: the caller may have made some.
create function github_sync.ensure_bot(project uuid)
returns table (
    link_id uuid,                               -- the workspace's integration
    bot_id uuid,
    is_new_integration boolean,
    is_new_bot boolean,
    is_new_in_workspace boolean,
    is_new_in_project boolean
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    workspace uuid;
    integration uuid;
    token uuid := gen_random_uuid();
begin
    select p.workspace_id into workspace
    from public.projects as p join public.workspaces as w on w.id = p.workspace_id
    where p.id = project and p.deleted_at is null and p.archived_at is null and w.deleted_at is null;
    if workspace is null then
        raise exception 'there is no project % that could have a bot', project using errcode = 'no_data_found';
    end if;
    -- One at a time in a workspace: most of these tables have nothing unique to rely on. The statements that follow see
    -- what the last one committed.
    perform pg_advisory_xact_lock(hashtextextended('github-connect:' || workspace::text, 0));

    -- One row for the whole of Plane; a deleted one still holds the name.
    insert into public.integrations (
        id, created_at, updated_at, title, provider, network, description, author, webhook_url, webhook_secret,
        redirect_url, metadata, verified
    )
    values (gen_random_uuid(), now(), now(), 'GitHub', 'github', 1, '{}', '', '', '', '', '{}', true)
    on conflict (provider) do update set deleted_at = null, updated_at = now()
    where integrations.deleted_at is not null;
    is_new_integration := found;
    select i.id into strict integration from public.integrations as i where i.provider = 'github';

    -- Only a living one: what is live must not hang on something deleted. And never a person.
    select link.id, link.actor_id into link_id, bot_id
    from public.workspace_integrations as link
    join public.users as bot on bot.id = link.actor_id
    join public.api_tokens as t on t.id = link.api_token_id
    where link.workspace_id = workspace and link.integration_id = integration and link.deleted_at is null
        and bot.is_active and bot.is_bot and not bot.is_superuser and t.deleted_at is null;
    is_new_bot := not found;
    if is_new_bot then
        bot_id := gen_random_uuid();
        insert into public.users (
            id, password, username, email, display_name, first_name, last_name, avatar,
            date_joined, created_at, updated_at, last_location, created_location,
            is_superuser, is_managed, is_password_expired, is_active, is_staff, is_email_verified,
            is_password_autoset, is_password_reset_required, token, user_timezone, last_login_ip,
            last_logout_ip, last_login_medium, last_login_uagent, is_bot, is_email_valid
        )
        values (
            bot_id, '!' || encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'),
            replace(bot_id::text, '-', ''), replace(bot_id::text, '-', '') || '@plane.so', 'GitHub', 'GitHub', '', '',
            now(), now(), now(), '', '',
            false, false, false, true, false, false,
            true, false, '', 'UTC', '',
            '', 'email', '', true, false
        );
        insert into public.api_tokens (
            id, created_at, updated_at, token, label, description, user_type, user_id, workspace_id,
            is_active, is_service, allowed_rate_limit
        )
        values (
            token, now(), now(), 'plane_api_' || replace(gen_random_uuid()::text, '-', ''), 'github sync', '', 1,
            bot_id, workspace, false, false, '60/min'
        );
        insert into public.workspace_integrations (
            id, created_at, updated_at, metadata, config, actor_id, api_token_id, integration_id, workspace_id
        )
        values (gen_random_uuid(), now(), now(), '{}', '{}', bot_id, token, integration, workspace)
        on conflict (workspace_id, integration_id) do update
        set deleted_at = null, updated_at = now(), actor_id = excluded.actor_id, api_token_id = excluded.api_token_id
        returning id into link_id;
    end if;

    -- An active administrator, as Plane made its own.
    insert into public.workspace_members (
        id, created_at, updated_at, role, member_id, workspace_id, view_props, default_props, issue_props,
        is_active, explored_features, getting_started_checklist, tips
    )
    values (
        gen_random_uuid(), now(), now(), 20, bot_id, workspace, '{}', '{}',
        '{"subscribed": true, "assigned": true, "created": true, "all_issues": true}', true, '{}', '{}', '{}'
    )
    on conflict (workspace_id, member_id) where deleted_at is null do update
    set role = 20, is_active = true, updated_at = now()
    where workspace_members.role <> 20 or not workspace_members.is_active;
    is_new_in_workspace := found;
    insert into public.project_members (
        id, created_at, updated_at, role, member_id, project_id, workspace_id, view_props, default_props, sort_order,
        preferences, is_active
    )
    values (gen_random_uuid(), now(), now(), 20, bot_id, project, workspace, '{}', '{}', 65535, '{}', true)
    on conflict (project_id, member_id) where deleted_at is null do update
    set role = 20, is_active = true, updated_at = now()
    where project_members.role <> 20 or not project_members.is_active;
    is_new_in_project := found;
    return next;
end
$$;
