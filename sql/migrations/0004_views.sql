-- Works with: 0.1.0
--
-- What an operator looks at. Each reads through an index or a bounded stretch of time.
--
-- Locks: writes to the events wait while the two indexes build, on a new table no time. Undo: drop the views, the
-- function and the indexes.

-- Finished events by when: the last hour must not cost a walk over all that was ever completed.
create index github_webhook_events_processed
on github_sync.github_webhook_events (processed_at) where processed_at is not null;

-- Failures are few, and looked for among millions.
create index github_webhook_events_failed
on github_sync.github_webhook_events (id) where status = 'failed';

-- The smallest id of an event received at this time. Ids begin with the milliseconds of receipt, so that the primary
-- key finds a stretch of time.
create function github_sync.first_event_id(received timestamptz) returns uuid
language sql stable as $$
    select (
        lpad(to_hex(greatest(0, floor(extract(epoch from received) * 1000))::bigint), 12, '0') || repeat('0', 20)
    )::uuid
$$;

-- How much waits, and for how long.
create view github_sync.github_queue_depth as
select
    status,
    event_type,
    count(*) as events,
    count(*) filter (where run_at <= now()) as due,
    min(created_at) as oldest,
    coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_seconds
from github_sync.github_webhook_events
where status in ('pending', 'processing')
group by status, event_type;

-- Seconds from receipt to claim and to completion, per hour of the last day.
create view github_sync.github_queue_latency as
select
    date_trunc('hour', processed_at) as hour,
    count(*) as events,
    percentile_cont(0.5) within group (order by extract(epoch from claimed_at - created_at)) as claim_p50,
    percentile_cont(0.99) within group (order by extract(epoch from claimed_at - created_at)) as claim_p99,
    percentile_cont(0.5) within group (order by extract(epoch from processed_at - created_at)) as complete_p50,
    percentile_cont(0.99) within group (order by extract(epoch from processed_at - created_at)) as complete_p99
from github_sync.github_webhook_events
where status = 'completed' and processed_at >= now() - interval '1 day'
group by 1;

-- Failed events by what went wrong.
create view github_sync.github_failures as
select
    event_type,
    left(error_message, 120) as error,
    count(*) as events,
    min(created_at) as first_received,
    max(updated_at) as last_failed
from github_sync.github_webhook_events
where status = 'failed'
group by 1, 2;

-- Events received and finished per minute of the last hour; minutes in which nothing happened are left out.
create view github_sync.github_throughput as
with came as (
    select date_trunc('minute', created_at) as minute, count(*) as received
    from github_sync.github_webhook_events
    where id >= github_sync.first_event_id(now() - interval '1 hour') and created_at >= now() - interval '1 hour'
    group by 1
),
went as (
    select
        date_trunc('minute', processed_at) as minute,
        count(*) filter (where status = 'completed') as completed,
        count(*) filter (where status = 'failed') as failed
    from github_sync.github_webhook_events
    where processed_at >= now() - interval '1 hour'
    group by 1
)
select
    minute,
    coalesce(came.received, 0) as received,
    coalesce(went.completed, 0) as completed,
    coalesce(went.failed, 0) as failed
from came full join went using (minute);

-- The worker processes, what each holds, and whether it still gives a sign of life.
create view github_sync.github_fleet as
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
    (
        select count(*)
        from github_sync.github_webhook_events as e
        where e.status = 'processing' and e.claimed_by = w.id
    ) as processing
from github_sync.github_workers as w;
