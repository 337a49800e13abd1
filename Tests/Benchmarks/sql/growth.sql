-- Completed events, and what a sync of them would have left: one issue for ten events, one comment for five.
create procedure bench.grow(events bigint)
language plpgsql as $$
begin
    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, status,
        created_at, processed_at, payload
    )
    select
        bench.event_id(1780000000000 + n, n), gen_random_uuid()::text,
        case when n % 5 = 0 then 'issue_comment' else 'issues' end, 'edited', 700000001, 'octo-demo/hello',
        (select id from public.github_repository_syncs),
        'completed', now() - (events - n) * interval '1 second', now() - (events - n) * interval '1 second',
        -- As long as the pointer that stands for a real one in the row: the rows must fill pages as real ones do.
        '{"action":"edited"}'
    from generate_series(1, events) as n;

    call bench.grow_issues(events / 10);

    insert into public.issue_activities (
        id, created_at, updated_at, issue_id, verb, field, comment, attachments, actor_id, epoch, project_id,
        workspace_id
    )
    select
        gen_random_uuid(), now(), now(), id, 'updated', 'description', 'updated the description', '{}',
        created_by_id, extract(epoch from now()), project_id, workspace_id
    from public.issues cross join generate_series(1, 6);
end
$$;
