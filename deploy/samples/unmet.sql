-- What should have come of the sample deliveries and did not, one line each; nothing when all is well.
--
--   psql -At -v deliveries='{GUID,GUID,…}' -f deploy/samples/unmet.sql
--
-- The order of the deliveries is not in here: whatever it was, the outcome is the same.
with expected_issue (number, name, state, labels, assignees, comments, completed_at) as (
    values
        (1, 'Empty config file crashes the server at start', 'completed', '{bug}'::text[], '{583231}'::text[], 2,
            '2026-09-02T15:10:00Z'::timestamptz),
        (2, 'Dark mode for the status page', 'default', '{enhancement}', '{}', 1, null),
        (3, 'Support Internet Explorer 11', 'cancelled', '{wontfix}', '{}', 0, null),
        (4, 'Write a getting-started guide', 'default', '{documentation,good first issue}', '{}', 1, null)
),
expected_comment (github_id, text) as (
    values
        (3700000001, 'I can reproduce it'),
        (3700000002, 'Happens on 1.4 only; 1.3 reads an empty file as the defaults.'),
        (3700000003, 'prefers-color-scheme'),
        (3700000005, 'hello init demo')
),
-- A repository may be followed by several projects; each of them has everything.
followed as (
    select followed.id, followed.project_id, project.identifier
    from public.github_repositories repository
    join public.github_repository_syncs followed on followed.repository_id = repository.id
    join public.projects project on project.id = followed.project_id
    where repository.repository_id = 700000001 and repository.deleted_at is null and followed.deleted_at is null
),
found_issue as (
    select
        followed.id as followed_id, synced.repo_issue_id as number, issue.*,
        case when state."default" then 'default' else state."group" end as state,
        array(
            select label.name::text
            from public.issue_labels attached
            join public.labels label on label.id = attached.label_id
            where attached.issue_id = issue.id and attached.deleted_at is null and label.deleted_at is null
        ) as labels,
        array(
            select account.provider_account_id::text
            from public.issue_assignees assigned
            join public.accounts account on account.user_id = assigned.assignee_id and account.provider = 'github'
            where assigned.issue_id = issue.id and assigned.deleted_at is null
        ) as assignees,
        (
            select count(*) from public.issue_comments
            where issue_id = issue.id and deleted_at is null and external_source = 'github'
        ) as comments
    from followed
    join public.github_issue_syncs synced on synced.repository_sync_id = followed.id and synced.deleted_at is null
    join public.issues issue on issue.id = synced.issue_id and issue.deleted_at is null
    left join public.states state on state.id = issue.state_id
),
found_comment as (
    select followed.id as followed_id, synced.repo_comment_id as github_id, comment.comment_stripped as text
    from followed
    join public.github_issue_syncs issue on issue.repository_sync_id = followed.id
    join public.github_comment_syncs synced on synced.issue_sync_id = issue.id
    join public.issue_comments comment on comment.id = synced.comment_id and comment.deleted_at is null
),
-- Only members of the project who may be assigned are.
assignable as (
    select followed.id as followed_id, array_agg(account.provider_account_id::text) as github_ids
    from followed
    join public.project_members member on member.project_id = followed.project_id
        and member.deleted_at is null and member.is_active and member.role >= 15
    join public.accounts account on account.user_id = member.member_id and account.provider = 'github'
    group by followed.id
)
select 'no project follows octo-demo/hello'
where not exists (select from followed)
union all
select format('%s: issue #%s is there %s times', followed.identifier, expected.number, count(found.id))
from followed
cross join expected_issue expected
left join found_issue found on found.followed_id = followed.id and found.number = expected.number
group by followed.id, followed.identifier, expected.number
having count(found.id) <> 1
union all
select format('%s: issue #%s has %s', followed.identifier, expected.number, wrong.what)
from followed
cross join expected_issue expected
join found_issue found on found.followed_id = followed.id and found.number = expected.number
left join assignable on assignable.followed_id = followed.id
cross join lateral (
    values
        (found.name = expected.name, format('the name %L', found.name)),
        (found.state = expected.state, format('a state of kind %s, not %s', found.state, expected.state)),
        (found.labels @> expected.labels, format('the labels %s', found.labels)),
        (
            array(select unnest(expected.assignees) intersect select unnest(assignable.github_ids))
            <@ found.assignees,
            format('the assignees %s (GitHub ids)', found.assignees)
        ),
        (found.comments = expected.comments, format('%s comments, not %s', found.comments, expected.comments)),
        (
            found.completed_at is not distinct from expected.completed_at,
            format('completed_at %s', coalesce(found.completed_at::text, 'empty'))
        ),
        (
            expected.number <> 1 or found.description_html like '%<table%' and found.description_html like '%<code%',
            'a description whose Markdown did not become HTML'
        ),
        (found.external_source = 'github', 'no external_source github')
) as wrong (holds, what)
where wrong.holds is not true
union all
select format('%s: comment %s is there %s times with its text', followed.identifier, expected.github_id,
    count(found.github_id))
from followed
cross join expected_comment expected
left join found_comment found on found.followed_id = followed.id and found.github_id = expected.github_id
    and strpos(found.text, expected.text) > 0
group by followed.id, followed.identifier, expected.github_id
having count(found.github_id) <> 1
union all
select format('%s: comment %s was deleted on GitHub and still stands', followed.identifier, found.github_id)
from followed
join found_comment found on found.followed_id = followed.id and found.github_id = 3700000004
union all
select format('delivery %s is recorded %s times', delivery, count(event.id))
from unnest(:'deliveries'::text[]) delivery
left join github_sync.github_webhook_events event on event.delivery_id = delivery
group by delivery
having count(event.id) <> 1
union all
select format('%s %s (delivery %s) ended %s: %s', event_type, action, delivery_id, status, error_message)
from github_sync.github_webhook_events
where delivery_id = any (:'deliveries'::text[]) and status <> 'completed'
order by 1;
