-- Where a drain with one slot spends the server's time; what a function or a foreign key runs is shown by itself too.
select
    round((total_exec_time * 1000 / :events)::numeric, 1) as us_per_event,
    round((total_plan_time * 1000 / :events)::numeric, 1) as planning,
    calls,
    plans,
    round((total_exec_time / nullif(calls, 0))::numeric, 3) as ms_per_call,
    rows,
    left(regexp_replace(query, '\s+', ' ', 'g'), 110) as statement
from bench.pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database())
order by total_exec_time + total_plan_time desc
limit 40;
