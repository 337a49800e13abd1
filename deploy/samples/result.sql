-- What became of the sample deliveries: the issues and comments as they stand in Plane's tables.

\pset footer off
\pset null ''

\echo
\echo 'Issues in Plane'
select
    project.identifier || '-' || issue.sequence_id as issue,
    '#' || synced.repo_issue_id as github,
    issue.name,
    state.name as state,
    (
        select string_agg(label.name, ', ' order by label.name)
        from public.issue_labels attached
        join public.labels label on label.id = attached.label_id
        where attached.issue_id = issue.id and attached.deleted_at is null
    ) as labels,
    (
        select string_agg(person.display_name, ', ' order by person.display_name)
        from public.issue_assignees assigned
        join public.users person on person.id = assigned.assignee_id
        where assigned.issue_id = issue.id and assigned.deleted_at is null
    ) as assignees,
    (
        select count(*) from public.issue_comments
        where issue_id = issue.id and deleted_at is null
    ) as comments,
    to_char(issue.completed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as completed_at
from public.github_repositories repository
join public.github_repository_syncs followed on followed.repository_id = repository.id
join public.github_issue_syncs synced on synced.repository_sync_id = followed.id
join public.issues issue on issue.id = synced.issue_id
join public.projects project on project.id = issue.project_id
left join public.states state on state.id = issue.state_id
where repository.repository_id = 700000001 and followed.deleted_at is null
    and synced.deleted_at is null and issue.deleted_at is null
order by project.identifier, issue.sequence_id;

\echo 'Comments in Plane'
select
    project.identifier || '-' || issue.sequence_id as issue,
    author.display_name as author,
    left(regexp_replace(comment.comment_stripped, '\s+', ' ', 'g'), 80) as text,
    case when comment.edited_at is not null then 'yes' end as edited
from public.github_repositories repository
join public.github_repository_syncs followed on followed.repository_id = repository.id
join public.github_issue_syncs synced on synced.repository_sync_id = followed.id
join public.issues issue on issue.id = synced.issue_id
join public.projects project on project.id = issue.project_id
join public.issue_comments comment on comment.issue_id = issue.id
left join public.users author on author.id = comment.actor_id
where repository.repository_id = 700000001 and followed.deleted_at is null
    and synced.deleted_at is null and issue.deleted_at is null and comment.deleted_at is null
order by project.identifier, issue.sequence_id, comment.created_at;
