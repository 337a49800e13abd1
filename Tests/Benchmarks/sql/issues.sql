-- As the versions have them: half of a SHA-256.
create or replace function bench.hash(value text) returns bytea
language sql immutable as $$
    select substr(sha256(convert_to(value, 'UTF8')), 1, 16)
$$;

-- Issues as a sync would have left them, each with a label and two comments and a third of them assigned: nothing in
-- Plane differs from GitHub.
create or replace procedure bench.grow_issues(count bigint)
language plpgsql
-- Checking the foreign keys of so many rows takes longer than all else.
set session_replication_role = replica
as $$
declare
    bot uuid;
    sync uuid;
    project uuid;
    workspace uuid;
    state uuid;
    label uuid;
    octocat constant uuid := '10000000-0000-4000-8000-000000000002';
begin
    select s.id, s.actor_id, s.project_id, s.workspace_id, t.id into sync, bot, project, workspace, state
    from public.github_repository_syncs as s
    inner join public.states as t on t.project_id = s.project_id and t."default";

    insert into public.issues (
        id, created_at, updated_at, created_by_id, project_id, workspace_id, state_id, name, description_html,
        description_stripped, description_json, priority, sequence_id, sort_order, is_draft, external_source,
        external_id
    )
    select
        github_sync.plane_id(sync, 'issue', 3400000000 + n), now(), now(), bot, project, workspace, state,
        'Grown ' || n, '<p>' || repeat('some text of an issue ', 40) || '</p>',
        repeat('some text of an issue ', 40), '{}', 'none', n, 65535 + 10000.0 * n, false, 'github',
        (3400000000 + n)::text
    from generate_series(1, count) as n;

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

    insert into public.labels (
        id, created_at, updated_at, name, description, color, sort_order, project_id, workspace_id
    )
    values (gen_random_uuid(), now(), now(), 'grown', '', '#d73a4a', 65535, project, workspace)
    returning id into label;

    insert into public.issue_labels (
        id, created_at, updated_at, created_by_id, issue_id, label_id, project_id, workspace_id
    )
    select gen_random_uuid(), now(), now(), bot, id, label, project, workspace from public.issues;

    insert into public.issue_assignees (
        id, created_at, updated_at, created_by_id, issue_id, assignee_id, project_id, workspace_id
    )
    select gen_random_uuid(), now(), now(), bot, id, octocat, project, workspace from public.issues
    where sequence_id % 3 = 0;

    insert into github_sync.github_issue_versions (
        repository_sync_id, github_issue_id, issue_id, number, github_updated_at, event_id, state, title_hash,
        body_hash, plane_text_hash, labels, assignees
    )
    select
        sync, external_id::bigint, id, 100000 + sequence_id, now(), gen_random_uuid(), 'open',
        bench.hash(name), bench.hash(description_stripped), bench.hash(description_html),
        jsonb_build_object('8100000000', label),
        case when sequence_id % 3 = 0 then jsonb_build_object('583231', octocat) else '{}' end
    from public.issues;

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
    select sync, 3800000000 + row_number() over (), id, now(), gen_random_uuid(), bench.hash(id::text)
    from public.issue_comments;
end
$$;
