-- The limit of ingest: 64 rows in one statement, as an own transaction, run by pgbench again and again.
--
-- The payloads lie as plain text in a table that stays in memory; each is parsed as json and compressed anew, and every
-- index of the queue is written. Nothing is received, verified or answered.
\set first random(0, :bodies - 64)
insert into github_sync.github_webhook_events (
    id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, payload
)
select
    bench.event_id((extract(epoch from clock_timestamp()) * 1000)::bigint, n), gen_random_uuid()::text, 'issues', action,
    700000001, 'octo-demo/hello', :sync::uuid, payload::json
from bench.bodies
where n >= :first and n < :first + 64;
