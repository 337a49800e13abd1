-- Works with: 0.1.0
--
-- What we last applied of each GitHub object, so that the outcome does not depend on the order of deliveries.
--
-- A version is (GitHub's updated_at, id of the event). A row exists as soon as an object is first seen; locking it is
-- how two workers take turns. deleted_at is a tombstone: nothing older or later revives the object.
create table github_sync.github_issue_versions (
    repository_sync_id uuid not null,           -- Plane's github_repository_syncs row
    github_issue_id bigint not null,
    issue_id uuid,                              -- Plane's issue; null while there is none
    number bigint,
    github_updated_at timestamptz,              -- null: seen, nothing applied yet
    event_id uuid,
    deleted_at timestamptz,
    -- The snapshot last applied, field by field: a field is written only if GitHub changed it since.
    state text,
    title_hash bytea,
    body_hash bytea,
    labels jsonb not null default '{}',         -- GitHub label id → Plane label id
    assignees jsonb not null default '{}',      -- GitHub user id → Plane user id
    primary key (repository_sync_id, github_issue_id)
) with (fillfactor = 80);

create table github_sync.github_comment_versions (
    repository_sync_id uuid not null,
    github_comment_id bigint not null,
    github_issue_id bigint not null,
    comment_id uuid,                            -- Plane's comment; null while there is none
    github_updated_at timestamptz,
    event_id uuid,
    deleted_at timestamptz,
    body_hash bytea,
    primary key (repository_sync_id, github_comment_id)
) with (fillfactor = 80);
