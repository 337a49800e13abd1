-- Works with: 0.1.0
--
-- Jobs: reading from GitHub what no webhook told, one repository at a time.
--
-- Locks: none that matter, the table is new. Undo: drop the table and the type.
create type github_sync.job_status as enum ('queued', 'running', 'completed', 'partial', 'failed');

create table github_sync.github_sync_jobs (
    id uuid primary key,
    kind text not null check (kind in ('import', 'sweep', 'reconcile', 'recover')),
    status github_sync.job_status not null default 'queued',
    repeats boolean not null default false,     -- becomes due again and again, and never ends
    repository_id bigint not null,              -- GitHub's
    repository_name text not null,
    filters jsonb not null default '{}',        -- what was asked for
    position jsonb not null default '{}',       -- where the job goes on, whoever works on it next
    total bigint,                               -- objects to read, as far as GitHub tells
    read_count bigint not null default 0,
    stored_count bigint not null default 0,     -- of these, those that were new and became events
    problems jsonb not null default '[]',       -- objects that could not be read; the newest 100
    cancelled_at timestamptz,                   -- somebody asked the job to end
    wanted_at timestamptz,                      -- a worker was in doubt; a sweep comes soon after
    retry_count smallint not null default 0,    -- attempts that failed in a row
    max_retries smallint not null default 3,
    crash_count smallint not null default 0,
    run_at timestamptz not null default now(),
    claim_token uuid,
    claimed_by text,
    claimed_at timestamptz,
    lease_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    processed_at timestamptz,
    error_message text,
    result jsonb,
    constraint github_sync_jobs_claim check (
        (status = 'running') = (claim_token is not null and claimed_by is not null and lease_until is not null)
    )
);

create index github_sync_jobs_due on github_sync.github_sync_jobs (run_at, id) where status = 'queued';
create index github_sync_jobs_running on github_sync.github_sync_jobs (id) where status = 'running';

-- One job per repository at a time, whatever two workers do at the same moment.
create unique index github_sync_jobs_one_running
on github_sync.github_sync_jobs (repository_id) where status = 'running';

-- One job of a kind and repository waits or runs that somebody asked for, beside the one that repeats.
create unique index github_sync_jobs_one_unfinished
on github_sync.github_sync_jobs (repository_id, kind, repeats) where status in ('queued', 'running');
