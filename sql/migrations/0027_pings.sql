-- Works with: 0.1.0
--
-- Whose webhooks reached plane-ingest: told with its heartbeat, because after a webhook was made its ping is all there is
-- to see.
--
-- Locks: the table for a moment. Undo: make the view of 0025_secret_prints.sql anew, then drop the column.
alter table github_sync.github_ingest_nodes
-- At most twenty, signed, the last seen first: [{"name": "owner/name", "count": 1, "age": 12.5, "followed": true}]. The
-- name of an organization stands alone, and whether its repositories are followed is null.
add column pings jsonb;

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
    secret_prints,
    pings
from github_sync.github_ingest_nodes;
