-- Works with: 0.1.0
--
-- Whether two plane-ingest that listen at one address have the same webhook secrets.
--
-- Locks: the table for a moment. Undo: make the view of 0020_refusals.sql anew, then drop the column.
alter table github_sync.github_ingest_nodes
-- Four hex digits for each secret, which tell it from another and are too few to find it by trying.
add column secret_prints text;

create or replace view github_sync.github_ingest_fleet as
select
    id,
    host,
    process_id,
    version,
    listen,
    started_at,
    heartbeat_at,
    case
        when stopped_at is not null then 'stopped'
        when heartbeat_at < now() - interval '2 minutes' then 'lost'
        else 'running'
    end as state,
    spool_in_use,
    spool_records,
    spool_bytes,
    spool_oldest_at,
    extract(epoch from now() - heartbeat_at)::float8 as heartbeat_seconds,
    refusals,
    unknown_repositories,
    secret_prints
from github_sync.github_ingest_nodes;
