-- Events as a month of fifty repositories leaves them: five of a thousand failed, for five reasons, and the statistics
-- know them all. The first repository is the connected one, whose issues have what came of their events.
create procedure bench.grow_dashboard(events bigint)
language plpgsql as $$
declare
    sync constant uuid := (select id from public.github_repository_syncs);
    beginning constant timestamptz := now() - interval '30 days';
    pause constant interval := interval '30 days' / events;
begin
    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, subject_number,
        subject_changed_at, sender_login, status, retry_count, created_at, run_at, claimed_at, processed_at,
        finished_by, counted, error_message, result, payload
    )
    select
        bench.event_id((extract(epoch from e.at) * 1000)::bigint, e.n), gen_random_uuid()::text,
        case when e.n % 3 = 0 then 'issue_comment' else 'issues' end,
        (array['opened', 'edited', 'labeled', 'closed', 'created'])[1 + e.n % 5], 700000001 + e.n % 50,
        case when e.n % 50 = 0 then 'octo-demo/hello' else 'octo-demo/repository-' || e.n % 50 end,
        case when e.n % 50 = 0 then sync end, 1 + (e.n / 50) % 2000, e.at, 'person-' || e.n % 400,
        case when e.n % 200 = 7 then 'failed' else 'completed' end::github_sync.event_status,
        case when e.n % 200 = 7 then 3 else 0 end, e.at, e.at, e.at + interval '10 ms',
        e.at + interval '1 ms' * (20 + e.n % 700), 'ops1:4242:1', true,
        case when e.n % 200 = 7 then 'reason ' || (e.n / 200) % 5 || ': deadlock detected' end,
        case when e.n % 200 <> 7 then jsonb_build_object(
            'outcome', 'applied', 'projects', jsonb_build_array(jsonb_build_object(
                'project', 'GH', 'issue', 'GH-' || 1 + (e.n / 50) % 2000, 'changes', array['state Backlog → Done']
            ))
        ) end,
        json_build_object('action', 'edited', 'text', (
            -- Nothing that compresses away.
            select string_agg(md5((e.n * 100 + piece)::text), '') from generate_series(1, 20) as piece
        ))
    from (select n, beginning + n * pause as at from generate_series(1, events) as n) as e;

    insert into github_sync.github_event_stats (hour, repository_id, event_type, outcome, bucket, shard, events)
    select
        -- The workers keep hours for eight days only.
        date_trunc(
            case when processed_at < date_trunc('day', now(), 'UTC') - interval '8 days' then 'day' else 'hour' end,
            processed_at, 'UTC'
        ),
        repository_id, event_type, coalesce(result ->> 'outcome', 'failed'),
        github_sync.latency_bucket(extract(epoch from processed_at - created_at)), 0, count(*)
    from github_sync.github_webhook_events
    group by 1, 2, 3, 4, 5;
    insert into github_sync.github_event_receipts
    select date_trunc('hour', github_sync.received_at(id)), repository_id, event_type, count(*)
    from github_sync.github_webhook_events
    where id < github_sync.first_event_id(date_trunc('hour', now()))
    group by 1, 2, 3;

    call bench.grow_issues(events / 50);
end
$$;

-- One event a second that is finished when it comes, so that those who look are told of something.
create procedure bench.add_finished(seconds bigint)
language plpgsql as $$
begin
    for number in 1..seconds loop
        perform bench.add_events(1, 'completed');
        commit;
        perform pg_sleep(1);
    end loop;
end
$$;
