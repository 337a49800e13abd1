-- Works with: 0.1.0
--
-- Plane → GitHub: what both sides last agreed on, what was sent since, and the queue of objects that have to be looked at.
--
-- Locks: one short exclusive lock on the two version tables for columns without a default, and one against writes for the
-- indexes; a million rows take about two seconds. Undo: drop the tables, then the columns and the indexes.

-- Plane's values that say the same as GitHub's in the columns beside them. Null: those that the sync would have written
-- for them, as in rows from before this migration.
alter table github_sync.github_issue_versions
add column plane_name_hash bytea,               -- of the name, as title_hash
add column plane_state text,                    -- open, completed or cancelled, as state
add column plane_text_hash bytea,               -- of description_html; null: nobody knows
add column replaced jsonb,                      -- what the sync wrote over in Plane last; see Replaced.swift
add column replaced_at timestamptz,
add column intents jsonb,                       -- what was sent and may yet appear on GitHub; see IssueIntents.swift
add column intended_at timestamptz;             -- when the newest of them was recorded

alter table github_sync.github_comment_versions
add column plane_text_hash bytea,               -- of comment_html; null: nobody knows
add column intents jsonb,                       -- as above
add column intended_at timestamptz;

create index github_comment_versions_comment on github_sync.github_comment_versions (comment_id);

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
