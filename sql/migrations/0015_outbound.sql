-- Works with: 0.1.0
--
-- Plane → GitHub: what both sides last agreed on, what was sent since, and the queue of objects that have to be looked at.
--
-- Locks: one short exclusive lock on github_issue_versions for columns without a default, and one against writes for the
-- index; a million rows take about two seconds. Undo: drop the tables, then the columns and the index.

-- Plane's values that say the same as GitHub's in the columns beside them. Null: those that the sync would have written
-- for them, as in rows from before this migration.
alter table github_sync.github_issue_versions
add column plane_name_hash bytea,               -- of the name, as title_hash
add column plane_state text,                    -- open, completed or cancelled, as state
add column intents jsonb,                       -- what was sent and may yet appear on GitHub; see IssueIntents.swift
add column intended_at timestamptz;             -- when the newest of them was recorded

create index github_issue_versions_issue on github_sync.github_issue_versions (issue_id);

-- One row for each object in Plane that was found to differ. It says that there is something to do, not what: that is
-- worked out from both sides when it is sent, so that ten edits are one call.
create table github_sync.github_outbound (
    id uuid primary key default gen_random_uuid(),
    repository_sync_id uuid not null,
    kind text not null check (kind in ('issue')),
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
    constraint github_outbound_object unique (plane_id, repository_sync_id, kind),
    constraint github_outbound_claim check (
        (status = 'processing') = (claim_token is not null and claimed_by is not null and lease_until is not null)
    )
) with (fillfactor = 70);

create index github_outbound_due on github_sync.github_outbound (run_at, id) where status = 'pending';
create index github_outbound_processing on github_sync.github_outbound (id) where status = 'processing';

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
