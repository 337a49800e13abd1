-- Works with: 0.1.0
--
-- Plane → GitHub: what both sides last agreed on, what was sent since, and the queue of objects that have to be looked at.
--
-- Locks: one short exclusive lock on the two version tables for columns without a default, and one against writes for the
-- indexes; a million rows take about two seconds. Undo: drop the tables, then the columns and the indexes.

-- Plane's values that say the same as GitHub's in the columns beside them. Null: those that the sync would have written
-- for them, as in rows from before this migration.
alter table github_sync.github_issue_versions
add column born_in_plane boolean not null default false,    -- and brought to GitHub by us
add column plane_name_hash bytea,               -- of the name, as title_hash
add column plane_state text,                    -- open, completed or cancelled, as state
add column plane_text_hash bytea,               -- of description_html; null: nobody knows
add column replaced jsonb,                      -- what the sync wrote over in Plane last; see Replaced.swift
add column replaced_at timestamptz,
add column intents jsonb,                       -- what was sent and may yet appear on GitHub; see IssueIntents.swift
add column intended_at timestamptz;             -- when the newest of them was recorded

alter table github_sync.github_comment_versions
add column born_in_plane boolean not null default false,
add column plane_text_hash bytea,               -- of comment_html; null: nobody knows
add column intents jsonb,                       -- as above
add column intended_at timestamptz;

-- Of no use to statements about what came from GitHub, whose kept plans would read all of it.
create index github_comment_versions_born on github_sync.github_comment_versions (comment_id) where born_in_plane;

create index github_issue_versions_issue on github_sync.github_issue_versions (issue_id);

-- One row for each object in Plane that was found to differ. It says that there is something to do, not what: that is
-- worked out from both sides when it is sent, so that ten edits are one call.
create table github_sync.github_outbound (
    id uuid primary key default gen_random_uuid(),
    repository_sync_id uuid not null,
    kind text not null check (kind in ('issue', 'comment')),
    plane_id uuid not null,                     -- Plane's key of the object
    status github_sync.event_status not null default 'pending',
    changed_at timestamptz not null default now(),  -- when a change was last found
    retry_count smallint not null default 0,
    max_retries smallint not null default 8,
    crash_count smallint not null default 0,
    run_at timestamptz not null default now(),
    claim_token uuid,
    claimed_by text,
    claimed_at timestamptz,
    lease_until timestamptz,
    created_at timestamptz not null default now(),  -- when the first change was found that is not sent yet
    updated_at timestamptz not null default now(),
    processed_at timestamptz,
    error_message text,
    result jsonb,
    creation jsonb,                             -- what was sent to create the object; see Creation.swift
    approval text check (approval in ('wanted', 'given')),  -- of one of many deletions at once
    writes smallint not null default 0,         -- attempts that wrote to GitHub since writes_since
    writes_since timestamptz not null default now(),
    constraint github_outbound_object unique (plane_id, repository_sync_id, kind),
    constraint github_outbound_claim check (
        (status = 'processing') = (claim_token is not null and claimed_by is not null and lease_until is not null)
    )
) with (fillfactor = 70);

create index github_outbound_due on github_sync.github_outbound (run_at, id) where status = 'pending';
create index github_outbound_processing on github_sync.github_outbound (id) where status = 'processing';
create index github_outbound_failed on github_sync.github_outbound (id) where status = 'failed';

-- What was sent of each object, in words.
create table github_sync.github_outbound_log (
    id bigint generated always as identity primary key,
    repository_sync_id uuid not null,
    kind text not null,
    plane_id uuid not null,
    sent_at timestamptz not null default now(),
    sent text[] not null
);

create index github_outbound_log_object on github_sync.github_outbound_log (plane_id, id);
create index github_outbound_log_time on github_sync.github_outbound_log using brin (sent_at);

-- Where the last look at Plane's rows ended; one row.
create table github_sync.github_outbound_looks (
    id boolean primary key default true check (id),
    -- Every row version that the last look could not see has a transaction id that is not below this one.
    horizon text,
    -- Rows written so far to the tables that are looked at: unmoved, there is nothing to look for.
    writes bigint,
    rules jsonb,                                -- the connections that were looked at, each with a hash of its rules
    looked_at timestamptz,
    duration_seconds float8
);

-- What goes to GitHub, for each connection where somebody asked for it, or where something is left.
--
-- One branch a status: of `status in (…)` no partial index is known to hold the rows.
create view github_sync.github_outbound_status as
with asked as (
    select
        repository_sync_id,
        settings #>> '{outbound,issues}' as issues,
        coalesce(settings #>> '{outbound,comments}', 'off') as comments
    from github_sync.github_sync_settings
    where settings #>> '{outbound,issues}' <> 'off'
),
open as (
    select repository_sync_id, status, approval, created_at
    from github_sync.github_outbound where status = 'pending'
    union all
    select repository_sync_id, status, approval, created_at
    from github_sync.github_outbound where status = 'processing'
    union all
    select repository_sync_id, status, approval, created_at
    from github_sync.github_outbound where status = 'failed'
),
counted as (
    select
        repository_sync_id,
        count(*) filter (where status = 'pending') as waiting,
        count(*) filter (where status = 'processing') as sending,
        count(*) filter (where status = 'failed' and approval is distinct from 'wanted') as parked,
        count(*) filter (where status = 'failed' and approval = 'wanted') as wants_approval,
        min(created_at) filter (where status <> 'failed') as oldest
    from open
    group by repository_sync_id
),
sent as (
    select
        repository_sync_id,
        count(*) filter (where sent_at >= now() - interval '1 hour') as last_hour,
        count(*) as last_day
    from github_sync.github_outbound_log
    where sent_at >= now() - interval '1 day'
    group by repository_sync_id
)
select
    repository_sync_id,
    -- Null where several projects follow the repository: its events belong to none of them.
    (
        select e.repository_name from github_sync.github_webhook_events as e
        where e.repository_sync_id = coalesce(asked.repository_sync_id, counted.repository_sync_id)
        order by e.created_at desc
        limit 1
    ) as repository_name,
    coalesce(asked.issues, 'off') as issues,
    coalesce(asked.comments, 'off') as comments,
    coalesce(counted.waiting, 0) as waiting,
    coalesce(counted.sending, 0) as sending,
    coalesce(counted.parked, 0) as parked,
    coalesce(counted.wants_approval, 0) as wants_approval,
    counted.oldest,
    coalesce(extract(epoch from now() - counted.oldest), 0)::float8 as oldest_seconds,
    coalesce(sent.last_hour, 0) as sent_last_hour,
    coalesce(sent.last_day, 0) as sent_last_day,
    looks.looked_at
from asked
full join counted using (repository_sync_id)
left join sent using (repository_sync_id)
left join github_sync.github_outbound_looks as looks on true;
