-- Completed events, and what a sync of them would have left: one issue for ten events, one comment for five.
create procedure bench.grow(events bigint)
language plpgsql as $$
declare
    bot uuid;
    sync uuid;
    project uuid;
    workspace uuid;
    state uuid;
begin
    select s.id, s.actor_id, s.project_id, s.workspace_id, t.id into sync, bot, project, workspace, state
    from public.github_repository_syncs as s
    inner join public.states as t on t.project_id = s.project_id and t."default";

    insert into github_sync.github_webhook_events (
        id, delivery_id, event_type, action, repository_id, repository_name, repository_sync_id, status,
        created_at, processed_at, payload
    )
    select
        bench.event_id(1780000000000 + n, n), gen_random_uuid()::text,
        case when n % 5 = 0 then 'issue_comment' else 'issues' end, 'edited', 700000001, 'octo-demo/hello', sync,
        'completed', now() - (events - n) * interval '1 second', now() - (events - n) * interval '1 second',
        -- As long as the pointer that stands for a real one in the row: the rows must fill pages as real ones do.
        '{"action":"edited"}'
    from generate_series(1, events) as n;

    insert into public.issues (
        id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name, description_html,
        description_stripped, description_json, priority, sequence_id, sort_order, is_draft, external_source,
        external_id
    )
    select
        github_sync.plane_id(sync, 'issue', 3400000000 + n), now(), now(), bot, project, workspace, state,
        'Grown ' || n, '<p>' || repeat('some text of an issue ', 40) || '</p>', repeat('some text of an issue ', 40), '{}', 'none', n,
        65535 + 10000.0 * n, false, 'github', (3400000000 + n)::text
    from generate_series(1, events / 10) as n;

    insert into public.issue_sequences (
        id, created_at, updated_at, created_by_id, project_id, workspace_id, issue_id, sequence, deleted
    )
    select gen_random_uuid(), now(), now(), bot, project, workspace, id, sequence_id, false from public.issues;

    insert into public.github_issue_syncs (
        id, created_at, updated_at, created_by_id, repo_issue_id, github_issue_id, issue_url, issue_id, project_id,
        repository_sync_id, workspace_id
    )
    select id, now(), now(), bot, 100000 + sequence_id, external_id::bigint, 'https://github.com/octo-demo/hello', id,
        project, sync, workspace
    from public.issues;

    insert into public.issue_links (
        id, created_at, updated_at, created_by_id, title, url, metadata, issue_id, project_id, workspace_id
    )
    select gen_random_uuid(), now(), now(), bot, 'octo-demo/hello', 'https://github.com/octo-demo/hello', '{}', id,
        project, workspace
    from public.issues;

    insert into github_sync.github_issue_versions (
        repository_sync_id, github_issue_id, issue_id, number, github_updated_at, event_id, state, title_hash, body_hash
    )
    select sync, external_id::bigint, id, 100000 + sequence_id, now(), gen_random_uuid(), 'open',
        sha256(convert_to(name, 'UTF8')), sha256(convert_to(name, 'UTF8'))
    from public.issues;

    insert into public.issue_activities (
        id, created_at, updated_at, issue_id, verb, field, comment, attachments, actor_id, epoch, project_id,
        workspace_id
    )
    select gen_random_uuid(), now(), now(), id, 'updated', 'description', 'updated the description', '{}', bot,
        extract(epoch from now()), project, workspace
    from public.issues cross join generate_series(1, 6);

    insert into public.issue_comments (
        id, created_at, updated_at, created_by_id, actor_id, issue_id, comment_html, comment_stripped, comment_json,
        attachments, access, external_source, external_id, project_id, workspace_id
    )
    select
        gen_random_uuid(), now(), now(), bot, bot, id, '<p>' || repeat('a comment ', 40) || '</p>',
        repeat('a comment ', 40), '{}', '{}', 'INTERNAL', 'github', (3900000000 + sequence_id)::text, project, workspace
    from public.issues cross join generate_series(1, 2);

    insert into github_sync.github_comment_versions (
        repository_sync_id, github_comment_id, comment_id, github_updated_at, event_id, body_hash
    )
    select sync, 3800000000 + row_number() over (), id, now(), gen_random_uuid(), sha256(convert_to(id::text, 'UTF8'))
    from public.issue_comments;
end
$$;
