-- Works with: 0.1.0
--
-- What an operator asks beyond the first five views, and those views where they fell short: the depth walked over an
-- index of all that was ever completed. No new index: each view reads what a partial index holds, or a stretch of time
-- by `id` or `processed_at`.
--
-- Columns of a view that was released stay as they are; new ones stand behind them.
--
-- Locks: the views for a moment. Undo: drop the new views and the table, and make those of 0004 anew.

-- The plane-ingest processes, as each last told of itself. It tells nothing while the database does not answer: then
-- heartbeat_at stands still, and its own /metrics has the figures.
create table github_sync.github_ingest_nodes (
    id text primary key,                        -- host, process id and a random part: unique per start
    host text not null,
    process_id bigint not null,
    version text not null,
    listen text not null,
    started_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    stopped_at timestamptz,
    spool_records bigint,                       -- null: it has no spool
    spool_bytes bigint,
    spool_oldest_at timestamptz,                -- when the oldest delivery in it was received
    spool_in_use boolean                        -- new deliveries go there
) with (fillfactor = 50);

-- How much waits, and for how long.
--
-- One branch a status: of `status in (…)` no partial index is known to hold the rows.
create or replace view github_sync.github_queue_depth as
with open as (
    select status, event_type, created_at, run_at, turn_at, retry_count
    from github_sync.github_webhook_events where status = 'pending'
    union all
    select status, event_type, created_at, run_at, turn_at, retry_count
    from github_sync.github_webhook_events where status = 'processing'
)
select
    status,
    event_type,
    count(*) as events,
    count(*) filter (where run_at <= now()) as due,
    min(created_at) as oldest,
    coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_seconds,
    count(*) filter (where retry_count > 0) as retrying,
    -- For the turn that a rate limit gave them.
    count(*) filter (where status = 'pending' and run_at > now() and turn_at > now()) as limited
from open
group by status, event_type;

-- The same by how long ago they were received.
create view github_sync.github_queue_ages as
with open as (
    select status, event_type, now() - created_at as age
    from github_sync.github_webhook_events where status = 'pending'
    union all
    select status, event_type, now() - created_at
    from github_sync.github_webhook_events where status = 'processing'
)
select
    status,
    event_type,
    case
        when age >= interval '1 day' then interval '1 day'
        when age >= interval '1 hour' then interval '1 hour'
        when age >= interval '10 minutes' then interval '10 minutes'
        when age >= interval '1 minute' then interval '1 minute'
        else interval '0'
    end as at_least,
    count(*) as events
from open
group by 1, 2, 3;

-- The pending event that a worker takes next, and the one received first: the two differ when events wait for another
-- run or for their turn.
--
-- The second is found among the pending ones' ids: the primary key would lead there over all that was completed since.
create view github_sync.github_queue_oldest as
with waiting as materialized (
    select id from github_sync.github_webhook_events where status = 'pending'
),
chosen as (
    (
        select 'claim' as by, id from github_sync.github_webhook_events
        where status = 'pending' order by run_at, id limit 1
    )
    union all
    (select 'receipt', id from waiting order by id limit 1)
)
select
    chosen.by,
    e.id,
    e.delivery_id,
    e.event_type,
    e.action,
    e.repository_name,
    e.created_at,
    e.run_at,
    extract(epoch from now() - e.created_at)::float8 as age_seconds,
    e.retry_count,
    e.error_message
from chosen inner join github_sync.github_webhook_events as e using (id);

-- Seconds from receipt to claim, from claim to completion (work) and from receipt to completion, per hour of the last
-- day. The claim is the last one: waits for another run count as waits.
--
-- Hour by hour, so that a condition on the hour keeps the others from being read.
create or replace view github_sync.github_queue_latency as
select
    hours.hour,
    finished.events,
    finished.claim[1] as claim_p50,
    finished.claim[3] as claim_p99,
    finished.complete[1] as complete_p50,
    finished.complete[3] as complete_p99,
    finished.claim[2] as claim_p95,
    finished.complete[2] as complete_p95,
    finished.work[1] as work_p50,
    finished.work[2] as work_p95,
    finished.work[3] as work_p99
from generate_series(0, 24) as back
cross join lateral (select date_trunc('hour', now()) - make_interval(hours => back) as hour) as hours
cross join lateral (
    select
        count(*) as events,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from claimed_at - created_at)) as claim,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from processed_at - claimed_at)) as work,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from processed_at - created_at)) as complete
    from github_sync.github_webhook_events
    where status = 'completed' and processed_at >= hours.hour and processed_at < hours.hour + interval '1 hour'
) as finished
where finished.events > 0;

-- Failed events by what went wrong. Ids, times and long numbers, which differ from event to event, read as #.
create or replace view github_sync.github_failures as
select
    event_type,
    left(regexp_replace(error_message, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9-]{6,}', '#', 'g'), 120) as error,
    count(*) as events,
    min(created_at) as first_received,
    max(updated_at) as last_failed,
    count(distinct repository_id) as repositories,
    -- For `plane-worker show`.
    (array_agg(id order by updated_at desc))[1] as last_event_id
from github_sync.github_webhook_events
where status = 'failed'
group by 1, 2;

-- Events that have failed or lost their worker and are not finished: how often, why, and when they run again.
create view github_sync.github_retries as
with again as (
    select * from github_sync.github_webhook_events where status = 'pending' and (retry_count > 0 or crash_count > 0)
    union all
    select * from github_sync.github_webhook_events where status = 'processing' and (retry_count > 0 or crash_count > 0)
)
select
    id,
    delivery_id,
    event_type,
    action,
    repository_name,
    status,
    retry_count,
    max_retries,
    crash_count,
    left(error_message, 300) as error,
    created_at,
    run_at,
    greatest(0, extract(epoch from run_at - now()))::float8 as due_in_seconds
from again;

-- What each repository has in the queue, what of it failed, and when something last came.
--
-- The latest of each connection is found by steps over the index: one look a connection, not one an event. A repository
-- that several projects follow has no connection in its events and is shown while something of it is open or of the
-- last hour.
create view github_sync.github_repository_queue as
with recursive latest as (
    (
        select repository_sync_id, repository_id, repository_name, created_at
        from github_sync.github_webhook_events
        where repository_sync_id is not null
        order by repository_sync_id desc, created_at desc
        limit 1
    )
    union all
    select next.*
    from latest
    cross join lateral (
        select e.repository_sync_id, e.repository_id, e.repository_name, e.created_at
        from github_sync.github_webhook_events as e
        where e.repository_sync_id < latest.repository_sync_id
        order by e.repository_sync_id desc, e.created_at desc
        limit 1
    ) as next
),
named as (
    select distinct on (repository_id) repository_id, repository_name, created_at
    from latest
    order by repository_id, created_at desc
),
shown as (
    select repository_id, repository_name, status, created_at, run_at
    from github_sync.github_webhook_events where status = 'pending'
    union all
    select repository_id, repository_name, status, created_at, run_at
    from github_sync.github_webhook_events where status = 'processing'
    union all
    select repository_id, repository_name, status, created_at, run_at
    from github_sync.github_webhook_events where status = 'failed'
    union all
    select repository_id, repository_name, status, created_at, run_at
    from github_sync.github_webhook_events
    where status = 'completed' and processed_at >= now() - interval '1 hour'
),
counted as (
    select
        repository_id,
        max(repository_name) as repository_name,
        count(*) filter (where status = 'pending') as pending,
        count(*) filter (where status = 'pending' and run_at <= now()) as due,
        count(*) filter (where status = 'processing') as processing,
        count(*) filter (where status = 'failed') as failed,
        count(*) filter (where status = 'completed') as completed_last_hour,
        min(created_at) filter (where status = 'pending') as oldest_pending,
        max(created_at) as latest
    from shown
    group by repository_id
)
select
    repository_id,
    coalesce(named.repository_name, counted.repository_name) as repository_name,
    coalesce(pending, 0) as pending,
    coalesce(due, 0) as due,
    coalesce(processing, 0) as processing,
    coalesce(failed, 0) as failed,
    coalesce(completed_last_hour, 0) as completed_last_hour,
    oldest_pending,
    greatest(named.created_at, counted.latest) as latest
from named full join counted using (repository_id);

-- The worker processes, what each holds and since when, and whether it still gives a sign of life.
create or replace view github_sync.github_fleet as
select
    w.id,
    w.host,
    w.process_id,
    w.version,
    w.concurrency,
    w.started_at,
    w.heartbeat_at,
    case
        when w.stopped_at is not null then 'stopped'
        when w.heartbeat_at < now() - interval '2 minutes' then 'lost'
        else 'running'
    end as state,
    coalesce(held.events, 0) as processing,
    held.since as holds_since,
    coalesce(held.overdue, 0) as overdue,
    extract(epoch from now() - w.heartbeat_at)::float8 as heartbeat_seconds
from github_sync.github_workers as w
left join (
    select
        claimed_by,
        count(*) as events,
        min(claimed_at) as since,
        count(*) filter (where lease_until < now()) as overdue
    from github_sync.github_webhook_events
    where status = 'processing'
    group by claimed_by
) as held on held.claimed_by = w.id;

-- The plane-ingest processes and what waits on the disk of each.
create view github_sync.github_ingest_fleet as
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
    extract(epoch from now() - heartbeat_at)::float8 as heartbeat_seconds
from github_sync.github_ingest_nodes;

-- Claims in force: a lease that is overdue for long has no worker left that could rescue it. Rescued: events that lost
-- a lease and are open or were finished in the last hour; given up: those of them that lost too many.
create view github_sync.github_leases as
with held as (
    select count(*) as held,
        count(*) filter (where lease_until < now()) as overdue,
        min(claimed_at) as held_since,
        min(lease_until) as next_expiry,
        count(*) filter (where crash_count > 0) as rescued
    from github_sync.github_webhook_events
    where status = 'processing'
),
waiting as (
    select count(*) as rescued
    from github_sync.github_webhook_events
    where status = 'pending' and crash_count > 0
),
finished as (
    select count(*) as rescued,
        count(*) filter (where status = 'failed' and error_message like 'the lease of worker %') as given_up
    from github_sync.github_webhook_events
    where processed_at >= now() - interval '1 hour' and crash_count > 0
)
select
    held.held,
    held.overdue,
    held.held_since,
    held.next_expiry,
    greatest(0, extract(epoch from now() - held.next_expiry))::float8 as overdue_seconds,
    held.rescued + waiting.rescued + finished.rescued as rescued,
    finished.given_up
from held cross join waiting cross join finished;

-- Who stores deliveries may tell of itself, and who sees the first views sees these, without a wait for roles.sql.
do $$
declare
    role regrole;
    name text;
begin
    for role in
        select a.grantee::regrole
        from pg_attribute as c, aclexplode(c.attacl) as a
        where c.attrelid = 'github_sync.github_webhook_events'::regclass
            and c.attname = 'payload' and a.privilege_type = 'INSERT'
    loop
        execute format('grant insert, update, select (id) on github_sync.github_ingest_nodes to %s', role);
    end loop;
    for role in
        select a.grantee::regrole
        from pg_class as c, aclexplode(c.relacl) as a
        where c.oid = 'github_sync.github_queue_depth'::regclass
            and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
    loop
        foreach name in array array[
            'github_queue_ages', 'github_queue_oldest', 'github_retries', 'github_repository_queue',
            'github_ingest_fleet', 'github_leases'
        ] loop
            execute format('grant select on github_sync.%I to %s', name, role);
        end loop;
    end loop;
end $$;
