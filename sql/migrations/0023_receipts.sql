-- Works with: 0.1.0
--
-- How many events were received in each hour, which outlives the events. The workers count an hour when it is over.
--
-- Locks: none that matter, the table is new. Undo: drop the table and the function.
create table github_sync.github_event_receipts (
    hour timestamptz not null,                  -- of receipt
    repository_id bigint not null,              -- GitHub's; 0: none is known
    event_type text not null,
    events bigint not null,
    primary key (hour, repository_id, event_type)
);

-- When an event was received, to the millisecond, which its id begins with: the inverse of first_event_id.
create function github_sync.received_at(event uuid) returns timestamptz
language sql immutable parallel safe
return to_timestamp(('x' || left(replace(event::text, '-', ''), 12))::bit(48)::bigint / 1000.0::float8);

-- Who counts what was finished counts this too, and who reads that reads this, without a wait for roles.sql.
do $$
declare
    known record;
begin
    for known in
        select distinct a.grantee::regrole as role, a.privilege_type as privilege
        from pg_class as c, aclexplode(c.relacl) as a
        where c.oid = 'github_sync.github_event_stats'::regclass
            and a.grantee not in (c.relowner, 0) and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE')
    loop
        execute format('grant %s on github_sync.github_event_receipts to %s', known.privilege, known.role);
        execute format('grant execute on function github_sync.received_at(uuid) to %s', known.role);
    end loop;
end $$;
