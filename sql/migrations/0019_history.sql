-- Works with: 0.1.0
--
-- What was: how many events of each repository were finished in each hour, and how fast, which outlives the events; the
-- attempts at each event; and who had something done.
--
-- Locks: the columns take no time. Deliveries wait while one index builds, which is empty at first but for what is
-- finished already: about half a second per million events. Undo: drop the tables, the functions, the index and the
-- columns.
alter table github_sync.github_webhook_events
add column replayed_at timestamptz,             -- when it last became pending anew; what it waits is counted from then
add column attempts jsonb,                      -- the newest ten that did not complete it; see with_attempt
add column finished_by text,                    -- the worker whose attempt was the last
add column counted boolean;                     -- whether github_event_stats has it; null: not yet

-- What the statistics lack: failed events, and what an older program finished. The workers add it a little later.
create index github_webhook_events_uncounted
on github_sync.github_webhook_events (id) where counted is null and processed_at is not null;

-- Events that were finished. A row for each stretch of latency rather than a list of them all: an hour has few, and to
-- add one up is a plain sum.
create table github_sync.github_event_stats (
    hour timestamptz not null,                  -- of completion, or of the failure
    repository_id bigint not null,              -- GitHub's; 0: none is known
    event_type text not null,
    outcome text not null check (outcome in ('applied', 'superseded', 'ignored', 'failed')),
    bucket smallint not null,                   -- of the latency; see latency_bucket
    -- Workers that finish events of one repository at the same moment would wait for each other's commits. So each
    -- session counts in one of eight rows. When the hour is over they are added up in row 0.
    shard smallint not null,
    events bigint not null,
    primary key (hour, repository_id, event_type, outcome, bucket, shard)
) with (fillfactor = 50);

create index github_event_stats_apart on github_sync.github_event_stats (hour) where shard <> 0;

-- The stretch that a latency in seconds is in, from 1 to 56. Stretch n ends with 0.001 * 2 ^ ((n - 1) / 2) seconds and
-- begins where the one before it ends, at 0.71 of that; the last one has everything above 37 hours. A latency that is
-- read as the geometric middle of its stretch is wrong by a factor of 1.19 at most.
create function github_sync.latency_bucket(seconds double precision) returns smallint
language sql immutable parallel safe
return (1 + least(55, greatest(0, ceil(2 * ln(greatest(seconds, 0.001) * 1000) / ln(2) - 1e-9))))::smallint;

-- The middle of a stretch, in seconds.
create function github_sync.latency_of(bucket integer) returns double precision
language sql immutable parallel safe
return 0.001::float8 * 2::float8 ^ ((bucket - 1.5) / 2)::float8;

-- A history with one more attempt, which ended just now. Of ten or more the oldest goes; of waits in a row, which a lock
-- that is held for long makes many of, only the last is kept.
create function github_sync.with_attempt(
    history jsonb, worker text, started timestamptz, outcome text, error text
) returns jsonb
language sql stable
return
    case
        when history #>> '{-1,outcome}' = 'delayed' and outcome = 'delayed' then history - -1
        when jsonb_array_length(history) >= 10 then history - 0
        else coalesce(history, '[]')
    end || jsonb_build_object(
        'worker', worker, 'started_at', started, 'ended_at', now(), 'outcome', outcome, 'error', left(error, 300)
    );

-- What people had done: replays, decisions about what goes to GitHub, and jobs that they ended.
create table github_sync.github_operator_actions (
    id bigint generated always as identity primary key,
    done_at timestamptz not null default now(),
    who text not null,                          -- anna@ops1 of a command, the name of a dashboard's user
    via text not null check (via in ('command', 'dashboard')),
    action text not null,                       -- as in `replay`, `outbound approve`
    objects uuid[] not null,                    -- events, objects of the outbound queue, jobs
    detail text                                 -- what was asked for, where that was not by name
);

create index github_operator_actions_objects on github_sync.github_operator_actions using gin (objects);
create index github_operator_actions_time on github_sync.github_operator_actions (done_at);

-- Seconds from receipt, or from the last replay, to claim and to completion, and from claim to completion (work), per
-- hour of the last day. As in 0008_monitoring.sql but for the replay.
create or replace view github_sync.github_queue_latency as
select
    hours.hour,
    finished.events,
    finished.claim[1] as claim_p50,
    finished.claim[3] as claim_p99,
    finished.complete[1] as complete_p50,
    finished.complete[3] as complete_p99,
    finished.claim[2] as claim_p95,
    finished.complete[2] as complete_p95,
    finished.work[1] as work_p50,
    finished.work[2] as work_p95,
    finished.work[3] as work_p99
from generate_series(0, 24) as back
cross join lateral (select date_trunc('hour', now()) - make_interval(hours => back) as hour) as hours
cross join lateral (
    select
        count(*) as events,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from claimed_at - coalesce(replayed_at, created_at))) as claim,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from processed_at - claimed_at)) as work,
        percentile_cont(array[0.5, 0.95, 0.99])
            within group (order by extract(epoch from processed_at - coalesce(replayed_at, created_at))) as complete
    from github_sync.github_webhook_events
    where status = 'completed' and processed_at >= hours.hour and processed_at < hours.hour + interval '1 hour'
) as finished
where finished.events > 0;

-- Who may write and read the columns beside these may write and read them, without a wait for roles.sql.
do $$
declare
    role regrole;
    known record;
begin
    for known in
        select * from (
            values
                ('processed_at', 'UPDATE', 'update (replayed_at)'),
                ('turn_at', 'UPDATE', 'update (replayed_at, attempts, finished_by, counted)'),
                ('turn_at', 'SELECT', 'select (replayed_at, attempts, finished_by, counted)')
        ) as listed (name, privilege, given)
    loop
        for role in
            select a.grantee::regrole
            from pg_attribute as c, aclexplode(c.attacl) as a
            where c.attrelid = 'github_sync.github_webhook_events'::regclass
                and c.attname = known.name and a.privilege_type = known.privilege
        loop
            execute format('grant %s on github_sync.github_webhook_events to %s', known.given, role);
            if known.given like 'update%counted)' then
                execute format(
                    'grant select, insert, update, delete on github_sync.github_event_stats to %s', role
                );
            elsif known.privilege = 'SELECT' then
                execute format('grant select on github_sync.github_event_stats to %s', role);
                execute format('grant select on github_sync.github_operator_actions to %s', role);
                execute format('grant execute on function github_sync.latency_of(integer) to %s', role);
            end if;
        end loop;
    end loop;
end $$;
