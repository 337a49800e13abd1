-- Rows for the queue that cost a worker next to nothing: an action nobody knows is completed as ignored.
create function bench.add_events(count bigint, wanted github_sync.event_status) returns void
language sql volatile as $$
    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, status,
        processed_at, payload
    )
    select
        bench.event_id((extract(epoch from clock_timestamp()) * 1000)::bigint, n), gen_random_uuid()::text, 'issues',
        'considered', 700000001, 'octo-demo/hello', s.id, wanted,
        case when wanted = 'completed' then now() end,
        '{"action":"considered","repository":{"id":700000001,"name":"hello","full_name":"octo-demo/hello"}}'
    from generate_series(1, count) as n cross join public.github_repository_syncs as s
$$;

-- Keeps a queue short, but never empty: each claim finds something, and nothing else lies around.
create procedure bench.feed(seconds double precision)
language plpgsql as $$
declare
    deadline constant timestamptz := clock_timestamp() + make_interval(secs => seconds);
begin
    while clock_timestamp() < deadline loop
        if (
            select count(*) < 50 from (
                select from github_sync.github_webhook_events where status = 'pending' order by run_at desc limit 50
            ) as waiting
        ) then
            perform bench.add_events(100, 'pending');
        end if;
        commit;
        perform pg_sleep(0.01);
    end loop;
end
$$;
