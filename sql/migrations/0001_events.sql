-- Works with: 0.1.0
--
-- The queue. One row is a GitHub delivery, its job and its audit record: one store, one commit, nothing to lose between
-- two. Nothing here refers to Plane's tables by a foreign key, which would block Plane's migrations and hard deletes.
--
-- Locks: none that matter, the tables are new. Undo: drop schema github_sync cascade.
create type github_sync.event_status as enum ('pending', 'processing', 'completed', 'failed');

create table github_sync.github_webhook_events (
    id uuid primary key,                        -- UUIDv7 made by ingest: its order is the order of receipt
    delivery_id text not null unique,           -- X-GitHub-Delivery, kept by redeliveries
    event_type text not null,                   -- X-GitHub-Event
    action text,
    status github_sync.event_status not null default 'pending',
    retry_count smallint not null default 0,    -- retries used, as Celery counts them: 0 during the first run
    max_retries smallint not null default 3,
    crash_count smallint not null default 0,    -- leases that ran out: bounds a payload that kills its worker
    run_at timestamptz not null default now(),  -- due time; a retry moves it forward
    claim_token uuid,                           -- made afresh for each claim; every later write names it
    claimed_by text,
    lease_until timestamptz,
    claimed_at timestamptz,                     -- of the last claim
    repository_id bigint,                       -- GitHub's
    repository_name text,
    repository_sync_id uuid,                    -- Plane's; null when several projects follow the repository
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    processed_at timestamptz,
    error_message text,
    result jsonb,
    -- json, not jsonb: it keeps the exact text, takes \u0000 and lone surrogates, and goes in three times as fast.
    payload json not null,
    constraint github_webhook_events_claim check (
        (status = 'processing')
        = (claim_token is not null and claimed_by is not null and lease_until is not null)
    ),
    constraint github_webhook_events_counters check (
        retry_count >= 0 and max_retries >= 0 and crash_count >= 0
    )
) with (
    -- Room for the new version of a row on its own page, and the payload out of line, so that a change of status
    -- rewrites a few hundred bytes rather than ten thousand.
    fillfactor = 70,
    toast_tuple_target = 128,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 20000,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 5000
);

do $$
begin
    alter table github_sync.github_webhook_events alter column payload set compression lz4;
exception when feature_not_supported then
    null;  -- a server built without lz4 keeps its default
end $$;

-- The only index a claim reads. It holds nothing that is not claimable.
create index github_webhook_events_due
on github_sync.github_webhook_events (run_at, id) where status = 'pending';

-- For rescue. lease_until is not in it: renewals would no longer be HOT.
create index github_webhook_events_processing
on github_sync.github_webhook_events (id) where status = 'processing';

create index github_webhook_events_type_status
on github_sync.github_webhook_events (event_type, status);

create index github_webhook_events_sync_created
on github_sync.github_webhook_events (repository_sync_id, created_at);
