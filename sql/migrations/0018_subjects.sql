-- Works with: 0.1.0
--
-- Which issue or pull request an event is about, and who caused it, so that people find events by either. plane-ingest
-- writes both with the event; the rows that are there already, and those of older programs, are filled by the workers.
--
-- Locks: the columns take no time. Deliveries wait while the two indexes build, each by one walk over the rows without
-- their payloads: about a second per million events. A migration is one transaction, in which no index can be built
-- concurrently; the index that would have to sort all rows is therefore made while it is empty, and grows as rows are
-- filled. Undo: drop the indexes, then the columns.
alter table github_sync.github_webhook_events
add column subject_number integer,              -- GitHub's; null when it is about something else
add column subject_changed_at timestamptz,      -- by GitHub's clock
add column sender_login text;                   -- empty when it names nobody; null: not read from the payload yet

create index github_webhook_events_subject
on github_sync.github_webhook_events (repository_id, subject_number, id) where subject_number is not null;

-- What is still to be filled. It holds nothing of what a program writes that knows the columns.
create index github_webhook_events_unfilled
on github_sync.github_webhook_events (id) where sender_login is null;

-- Who may write and read the columns beside these may write and read them, without a wait for roles.sql: an ingest that
-- may not name them could not store anything.
do $$
declare
    role regrole;
    known record;
begin
    for known in select * from (values ('payload', 'INSERT'), ('turn_at', 'UPDATE'), ('turn_at', 'SELECT'))
        as listed (name, privilege)
    loop
        for role in
            select a.grantee::regrole
            from pg_attribute as c, aclexplode(c.attacl) as a
            where c.attrelid = 'github_sync.github_webhook_events'::regclass
                and c.attname = known.name and a.privilege_type = known.privilege
        loop
            execute format(
                'grant %s (subject_number, subject_changed_at, sender_login) on github_sync.github_webhook_events to %s',
                known.privilege, role
            );
        end loop;
    end loop;
end $$;
