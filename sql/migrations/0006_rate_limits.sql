-- Works with: 0.1.0
--
-- Events per minute of a GitHub repository, with a burst: a busy one waits for its own turns, so that it neither floods
-- a project nor keeps the others' events from theirs. Nothing is dropped. A program that does not know of turns works
-- on, without the limits.
--
-- Locks: the events for a moment; nothing is rewritten. Undo: drop the view, the function, the table and the column.
create table github_sync.github_rate_limits (
    repository_id bigint primary key,           -- GitHub's
    per_minute int not null check (per_minute > 0),
    burst int not null check (burst > 0),       -- turns that may be taken at once after a quiet time
    next_free_at timestamptz not null default now(),    -- when the repository will have used up nothing of its burst
    changed_at timestamptz not null default now()
) with (fillfactor = 50);                       -- every turn moves next_free_at: room for that on the row's own page

-- Until when a limited repository's event waits, or waited; null while it has no turn and once it is finished. What
-- runs again because it failed or its worker was lost keeps its turn; what is replayed or delivered again needs a new
-- one.
alter table github_sync.github_webhook_events add column turn_at timestamptz;

-- Who may claim may give turns, without a wait for roles.sql.
do $$
declare
    role regrole;
begin
    for role in
        select a.grantee::regrole
        from pg_attribute as c, aclexplode(c.attacl) as a
        where c.attrelid = 'github_sync.github_webhook_events'::regclass
            and c.attname = 'claim_token' and a.privilege_type = 'UPDATE'
    loop
        execute format('grant update (turn_at) on github_sync.github_webhook_events to %s', role);
    end loop;
end $$;

-- Takes the next turns of a repository; none when it has no limit.
--
-- Virtual scheduling (GCRA): of turns that come at a steady pace, the burst says how many may be taken early. In any
-- stretch of time lie at most the burst and what the pace gives. The update's row lock lets callers in one by one, and
-- each sees what the one before has taken.
create function github_sync.take_turns(repository bigint, wanted bigint)
returns table (place bigint, turn_at timestamptz)
language sql volatile as $$
    with taken as (
        update github_sync.github_rate_limits as l
        set next_free_at = greatest(l.next_free_at, statement_timestamp())
            + make_interval(secs => wanted * 60.0 / l.per_minute)
        where l.repository_id = repository
        returning
            l.next_free_at - make_interval(secs => wanted * 60.0 / l.per_minute) as start,
            60.0 / l.per_minute as pace,
            l.burst
    )
    select
        place,
        greatest(statement_timestamp(), taken.start + make_interval(secs => (place - taken.burst) * taken.pace))
    from taken cross join generate_series(1, wanted) as place
$$;

-- Every limit, and what waits for its turn under it. Reads those pending events that are not due.
create view github_sync.github_rate_limits_waiting as
select
    l.repository_id,
    w.repository_name,
    l.per_minute,
    l.burst,
    l.changed_at,
    coalesce(w.waiting, 0) as waiting,
    w.next_turn,
    w.last_turn
from github_sync.github_rate_limits as l
left join (
    select
        repository_id,
        max(repository_name) as repository_name,
        count(*) as waiting,
        min(turn_at) as next_turn,
        max(turn_at) as last_turn
    from github_sync.github_webhook_events
    where status = 'pending' and run_at > now() and turn_at > now()
    group by repository_id
) as w using (repository_id);
