-- Works with: 0.1.0
--
-- What we last applied of each GitHub object, so that the outcome does not depend on the order of deliveries.
--
-- A version is (GitHub's updated_at, id of the event). A row exists as soon as an object is first seen; locking it is
-- how two workers take turns. deleted_at is a tombstone: nothing older or later revives the object.
create table github_sync.github_issue_versions (
    repository_sync_id uuid not null,           -- Plane's github_repository_syncs row
    github_issue_id bigint not null,
    issue_id uuid not null,                     -- the key Plane's issue has, or will have
    github_updated_at timestamptz,              -- null: seen, nothing applied yet
    event_id uuid,
    deleted_at timestamptz,
    -- The snapshot last applied, field by field: a field is written only if GitHub changed it since.
    state text,
    closed_at timestamptz,
    title_hash bytea,
    body_hash bytea,
    labels jsonb not null default '{}',         -- GitHub label id → Plane label id
    assignees jsonb not null default '{}',      -- GitHub user id → Plane user id
    primary key (repository_sync_id, github_issue_id)
) with (fillfactor = 80);

create table github_sync.github_comment_versions (
    repository_sync_id uuid not null,
    github_comment_id bigint not null,
    comment_id uuid not null,                   -- the key Plane's comment has, or will have
    github_updated_at timestamptz,
    event_id uuid,
    deleted_at timestamptz,
    body_hash bytea,
    primary key (repository_sync_id, github_comment_id)
) with (fillfactor = 80);

-- The primary key of a row we create in Plane: the same for the same GitHub object, whoever makes it, and of the shape
-- of a version 4 UUID, the only one Plane's activity log understands.
create function github_sync.plane_id(repository_sync_id uuid, kind text, github_id bigint)
returns uuid
language sql immutable strict parallel safe
as $$
    select overlay(
        overlay(
            substr(
                encode(
                    sha256(convert_to(repository_sync_id::text || ':' || kind || ':' || github_id::text, 'UTF8')),
                    'hex'
                ),
                1, 32
            ) placing '4' from 13 for 1
        ) placing '8' from 17 for 1
    )::uuid
$$;

-- The key of the advisory lock under which Plane itself numbers the issues of a project.
create function github_sync.number_lock_key(project_id uuid)
returns bigint
language sql immutable strict parallel safe
as $$
    select ('x' || substr(encode(sha256(convert_to(project_id::text, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint
$$;

-- The projects that follow some GitHub repositories, and as whom the sync writes there.
--
-- A function rather than a view: a view would depend on Plane's columns and block Plane's own migrations.
create function github_sync.followers(repository_ids bigint[])
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
    select r.repository_id, s.id, p.id, p.workspace_id, p.identifier::text, s.actor_id
    from public.github_repositories as r
    inner join public.github_repository_syncs as s on s.repository_id = r.id
    inner join public.projects as p on p.id = s.project_id
    where r.repository_id = any(repository_ids)
      and r.deleted_at is null
      and s.deleted_at is null
      and p.deleted_at is null
      and p.archived_at is null
$$;
