-- Works with: 0.1.0
--
-- What each plane-ingest refused since its start, and the repositories whose deliveries came, signed, while no project
-- followed them: told with its heartbeat.
--
-- Locks: the table for a moment. Undo: make the view of 0008_monitoring.sql anew, then drop the columns.
alter table github_sync.github_ingest_nodes
-- By reason: {"unauthorized": {"count": 3, "age": 12.5}}; age is in seconds before the heartbeat.
add column refusals jsonb,
-- At most twenty, the last seen first: [{"name": "owner/name", "count": 3, "age": 12.5}].
add column unknown_repositories jsonb;

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
    unknown_repositories
from github_sync.github_ingest_nodes;
