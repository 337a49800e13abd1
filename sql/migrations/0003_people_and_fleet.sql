-- Works with: 0.1.0
--
-- GitHub users whom Plane's own accounts table does not know, linked by an operator.
create table github_sync.github_user_links (
    github_user_id bigint primary key,
    login text not null,
    user_id uuid not null,                      -- Plane's
    created_at timestamptz not null default now()
);

-- The fleet: one row per worker process, refreshed by its heartbeat.
create table github_sync.github_workers (
    id text primary key,                        -- host, process id and a random part: unique per start
    host text not null,
    process_id bigint not null,
    version text not null,
    concurrency int not null,
    started_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    stopped_at timestamptz
);
