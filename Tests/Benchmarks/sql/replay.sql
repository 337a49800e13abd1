-- The limit of drain: a function that makes the changes of one of the worker's transactions again, table by table.
--
-- It writes what the worker wrote, in the same tables with the same indexes, batch by batch, with one statement a table,
-- from rows that lie ready. It claims nothing, reads nothing, parses and decides nothing, locks no more than its writes
-- do, and is one round trip a batch with all its plans cached: what is left is what PostgreSQL must do.
drop trigger capture on github_sync.github_webhook_events;
-- Each by itself: a transaction that collects such locks may meet autovacuum, which holds one and waits for another.
select format('drop trigger capture on %s', target) from bench.changed order by name \gexec

create table bench.batches as
select tx, row_number() over (order by min(place)) as batch
from bench.completed group by tx;

create table bench.completions as
select b.batch, c.id, c.result
from bench.completed as c inner join bench.batches as b using (tx)
order by b.batch, c.id;
create index on bench.completions (batch);
analyze bench.completions;

do $$
declare
    name text;
    target regclass;
    columns text;
    updates text;
    keys text;
    statements text := '';
    found boolean;
begin
    for name, target in select c.name, c.target from bench.changed as c order by c.name loop
        select
            string_agg(quote_ident(a.attname), ', ' order by a.attnum),
            string_agg(format('%1$I = excluded.%1$I', a.attname), ', ' order by a.attnum)
                filter (where not a.attnum = any (i.indkey)),
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attnum = any (i.indkey))
        into columns, updates, keys
        from pg_attribute as a inner join pg_index as i on i.indrelid = a.attrelid and i.indisprimary
        where a.attrelid = target and a.attnum > 0 and not a.attisdropped;
        execute format(
            'create table bench.%1$I as
            select batch, %2$s from (
                select distinct on (batch, %3$s) batch, %2$s from (
                    select b.batch, c.place, (c.made).* from bench.%4$I as c inner join bench.batches as b using (tx)
                ) as change order by batch, %3$s, place desc
            ) as newest order by batch, %3$s',
            'upsert_' || name, columns, keys, 'change_' || name
        );
        execute format('create index on bench.%I (batch)', 'upsert_' || name);
        execute format('analyze bench.%I', 'upsert_' || name);
        execute format('drop table bench.%I', 'change_' || name);
        execute format('select exists (select from bench.%I)', 'upsert_' || name) into found;
        if found then
            statements := statements || format(
                'insert into %s (%s) select %2$s from bench.%I where batch = b order by %s
                on conflict (%4$s) do update set %5$s;',
                target, columns, 'upsert_' || name, keys, updates
            );
        end if;
    end loop;
    execute format(
        'create function bench.replay(b bigint) returns void language plpgsql as $body$
        begin
            %s
            update github_sync.github_webhook_events as e
            set status = ''completed'', result = c.result, claimed_at = now(), processed_at = clock_timestamp(),
                updated_at = now()
            from bench.completions as c where c.batch = b and e.id = c.id;
        end
        $body$',
        statements
    );
end
$$;
