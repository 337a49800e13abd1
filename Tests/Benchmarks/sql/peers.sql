-- What the peers write into, what both sides drain, and what came of it. Made before the original's database is cloned
-- from this one, so that both have it all.

-- The queue of the grouped peer: what a receiver stores, with the indexes that the original has and one to claim by.
create table bench.peer_events (
    id uuid primary key,
    delivery_id text not null unique,
    event_type text not null,
    action text,
    status text not null default 'pending',
    repository_id bigint not null,
    repository_name text not null,
    repository_sync_id uuid not null,
    retry_count int not null default 0,
    created_at timestamptz not null default now(),
    processed_at timestamptz,
    payload text compression lz4 not null
);
create index on bench.peer_events (created_at, id) where status = 'pending';
create index on bench.peer_events (event_type, status);
create index on bench.peer_events (repository_sync_id, created_at);

-- The queue of the original, as Django would make it; claimed_at is there for the measurement.
create table public.github_webhook_events (
    id uuid primary key,
    delivery_id varchar(255) not null unique,
    event_type varchar(50) not null,
    status varchar(20) not null,
    payload jsonb not null,
    result jsonb,
    error_message text,
    retry_count int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    claimed_at timestamptz,
    processed_at timestamptz,
    repository_sync_id uuid not null references public.github_repository_syncs deferrable initially deferred
);
create index on public.github_webhook_events (event_type, status);
create index on public.github_webhook_events (repository_sync_id, created_at);

-- The history just loaded, parsed and compressed once.
create table bench.peer_queue as
select
    n, (payload::json #>> '{issue,number}')::int as issue, gen_random_uuid()::text as delivery_id, event_type, action,
    payload::json as payload
from bench.history;

-- The first deliveries of it that are about the first issues, in GitHub's order or in one drawn from a seed.
create function bench.peer_deliveries(wanted int, issues int, seed int default null)
returns table (place bigint, delivery_id text, event_type text, action text, payload json)
language sql stable as $$
    select
        row_number() over (order by case when seed is not null then md5(n || ' ' || seed) end, n),
        delivery_id, event_type, action, payload
    from bench.peer_queue where n < wanted and issue <= issues
$$;

-- With a pace, so many become due a second.
create procedure bench.fill_ours(wanted int, issues int, seed int default null, pace int default null)
language sql as $$
    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, run_at, repository_id, repository_name, repository_sync_id, payload
    )
    select
        bench.event_id(1790000000000 + place, place), delivery_id, event_type, action,
        now() + coalesce(place * interval '1 s' / pace, '0'), 700000001, 'octo-demo/hello',
        (select id from public.github_repository_syncs), payload
    from bench.peer_deliveries(wanted, issues, seed) order by place;
$$;

create procedure bench.fill_original(wanted int, issues int, seed int default null)
language sql as $$
    insert into public.github_webhook_events (
        id, delivery_id, event_type, status, payload, retry_count, created_at, updated_at, repository_sync_id
    )
    select
        gen_random_uuid(), delivery_id, event_type, 'pending', payload::jsonb, 0, now() + place * interval '1 ms',
        now(), (select id from public.github_repository_syncs)
    from bench.peer_deliveries(wanted, issues, seed) order by place;
$$;

-- Returns as soon as nothing waits in a queue any more, or after some seconds.
create procedure bench.await_empty(queue regclass, seconds double precision)
language plpgsql as $$
declare
    deadline constant timestamptz := clock_timestamp() + make_interval(secs => seconds);
    waits boolean := true;
begin
    while waits and clock_timestamp() < deadline loop
        commit;
        perform pg_sleep(0.1);
        execute format($q$select exists (select from %s where status in ('pending', 'processing'))$q$, queue)
        into waits;
    end loop;
end
$$;

-- What is wrong in Plane's tables after all deliveries of the first issues, whoever wrote them. No two events of the
-- history have the same time, and none deletes anything.
create function bench.peer_faults(issues int) returns table (fault text, cases bigint)
language sql stable as $$
    with delivered as (
        select
            issue as number, payload #>> '{issue,title}' as title,
            payload #>> '{issue,state}' = 'closed' as is_closed, payload #>> '{issue,updated_at}' as time,
            (payload #>> '{comment,id}')::bigint as comment
        from bench.peer_queue where issue <= issues
    ),
    newest as (select distinct on (number) number, title, is_closed from delivered order by number, time desc),
    shown as (
        select link.repo_issue_id as number, issue.name, state."group" = 'completed' as is_closed
        from public.issues as issue
        join public.github_issue_syncs as link on link.issue_id = issue.id
        join public.states as state on state.id = issue.state_id
        where issue.deleted_at is null
    )
    select 'duplicate issues', (select count(*) from public.issues) - (select count(distinct number) from shown)
    union all
    select 'lost issues', count(*) from newest where number not in (select number from shown)
    union all
    select 'stale issues', count(*) from newest where exists (
        select from shown
        where shown.number = newest.number
            and (shown.name, shown.is_closed) is distinct from (newest.title, newest.is_closed)
    )
    union all
    select
        'duplicate comments',
        (select count(*) from public.issue_comments)
        - (select count(distinct repo_comment_id) from public.github_comment_syncs)
    union all
    select 'lost comments', count(distinct comment) from delivered
    where comment not in (select repo_comment_id from public.github_comment_syncs)
$$;
