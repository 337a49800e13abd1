-- The history as waiting events, once parsed and compressed, so that filling the queue again takes a moment.
create table bench.queue (
    id uuid not null,
    delivery_id text not null,
    event_type text not null,
    action text not null,
    payload json compression lz4 not null
);

insert into bench.queue (id, delivery_id, event_type, action, payload)
select
    bench.event_id((extract(epoch from now()) * 1000)::bigint + n, n), gen_random_uuid()::text, event_type, action,
    payload::json
from bench.history order by n;

create procedure bench.fill_queue(skipped bigint default 0, wanted bigint default null)
language sql as $$
    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, payload
    )
    select
        q.id, q.delivery_id, q.event_type, q.action, 700000001, 'octo-demo/hello',
        (select id from public.github_repository_syncs), q.payload
    from bench.queue as q order by q.id
    offset skipped limit wanted;
$$;

-- Returns as soon as nothing waits any more and nothing is left to be read, or after some seconds. Commits between two looks: a transaction that stays
-- open would keep dead rows alive.
create procedure bench.await_drained(seconds double precision)
language plpgsql as $$
declare
    deadline constant timestamptz := clock_timestamp() + make_interval(secs => seconds);
begin
    while clock_timestamp() < deadline and exists (
        select from github_sync.github_webhook_events where status in ('pending', 'processing')
        union all
        select from github_sync.github_sync_jobs where status in ('queued', 'running')
    ) loop
        commit;
        perform pg_sleep(0.1);
    end loop;
end
$$;

-- When the limit had done each number of events, in seconds from its start.
create table bench.limit_times (place bigint primary key, seconds float8 not null);

create sequence bench.batch minvalue 1;
