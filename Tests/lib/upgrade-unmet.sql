-- What an upgrade lost, doubled or spoiled, one line each; nothing when all is well.
--
--   cat ANSWERS… | psql -At -f Tests/lib/upgrade-unmet.sql
--
-- An answer is a line of time, delivery id, kind, node, HTTP status, curl's status and event id, separated by tabs.
set client_min_messages = warning;
create temporary table answers (
    sent_at numeric,
    delivery_id text,
    kind text,
    node text,
    status text,
    curl_status int,
    event_id uuid
);
\copy answers from pstdin

with shown as (
    -- Every issue as its newest snapshot has it.
    select distinct on (github_id) *
    from (
        select
            (payload -> 'issue' ->> 'id')::bigint as github_id,
            payload -> 'issue' ->> 'title' as title,
            payload -> 'issue' ->> 'state' as state,
            (payload -> 'issue' ->> 'updated_at')::timestamptz as updated_at,
            id
        from github_sync.github_webhook_events
    ) as snapshot
    order by github_id, updated_at desc, id desc
),
found as (
    select
        shown.github_id,
        count(issue.id) as issues,
        bool_and(issue.name = shown.title) as has_title,
        bool_and((state."group" in ('completed', 'cancelled')) = (shown.state = 'closed')) as has_state
    from shown
    left join public.github_issue_syncs as synced
        on synced.github_issue_id = shown.github_id and synced.deleted_at is null
    left join public.issues as issue on issue.id = synced.issue_id and issue.deleted_at is null
    left join public.states as state on state.id = issue.state_id
    group by shown.github_id
)
select 'nothing was delivered' where not exists (select from answers)
union all
select format('delivery %s to %s had the answer %s (curl: %s)', delivery_id, node, status, curl_status)
from answers
where status is distinct from '202'
union all
select format('delivery %s had a 202 and is not there', delivery_id)
from answers
where status = '202'
    and not exists (
        select from github_sync.github_webhook_events as event where event.delivery_id = answers.delivery_id
    )
union all
select format('delivery %s is event %s, and was answered with %s', delivery_id, event.id, answers.event_id)
from answers
join github_sync.github_webhook_events as event using (delivery_id)
where answers.status = '202' and answers.event_id is distinct from event.id
union all
select format('delivery %s is there, and was not sent', delivery_id)
from github_sync.github_webhook_events as event
where not exists (select from answers where answers.delivery_id = event.delivery_id)
union all
select format('event %s is %s, after %s retries and %s lost leases: %s', id, status, retry_count, crash_count,
    error_message)
from github_sync.github_webhook_events
where status <> 'completed' or retry_count > 0 or crash_count > 0
union all
select format('issue %s is there %s times', github_id, issues) from found where issues <> 1
union all
select format('issue %s is not as GitHub showed it last', github_id)
from found
where issues = 1 and not (has_title and has_state)
union all
select format('%s issues, numbered up to %s', count(*), max(sequence_id))
from public.issues
having count(*) <> (select count(*) from found) or count(*) <> max(sequence_id);
