-- Writes down every row that the worker inserts or updates, transaction by transaction.
create table bench.changed (name text primary key, target regclass not null);

create function bench.capture() returns trigger
language plpgsql security definer as $$
begin
    execute format('insert into bench.%I (made) values ($1)', 'change_' || tg_table_name) using new;
    return null;
end
$$;

do $$
declare
    target regclass;
    name name;
begin
    for target, name in
        select c.oid, c.relname from pg_class as c
        where c.relkind = 'r' and (
            c.oid = any (array[
                'public.issues', 'public.issue_sequences', 'public.descriptions', 'public.issue_comments',
                'public.issue_labels', 'public.issue_assignees', 'public.issue_links', 'public.issue_activities',
                'public.github_issue_syncs', 'public.github_comment_syncs', 'public.labels'
            ]::regclass[])
            or c.relnamespace = 'github_sync'::regnamespace and c.relname like '%\_versions'
        )
    loop
        execute format(
            'create table bench.%I (
                place bigint generated always as identity, tx xid8 not null default pg_current_xact_id(), made %s
            )',
            'change_' || name, target
        );
        execute format(
            'create trigger capture after insert or update on %s for each row execute function bench.capture()', target
        );
        insert into bench.changed values (name, target);
    end loop;
end
$$;

-- Of the queue only completions count, and not the payload.
create table bench.completed (place bigint generated always as identity, tx xid8 not null, id uuid, result jsonb);

create function bench.capture_completion() returns trigger
language plpgsql security definer as $$
begin
    insert into bench.completed (tx, id, result) values (pg_current_xact_id(), new.id, new.result);
    return null;
end
$$;

create trigger capture after update on github_sync.github_webhook_events
for each row when (new.status = 'completed' and old.status <> 'completed')
execute function bench.capture_completion();
