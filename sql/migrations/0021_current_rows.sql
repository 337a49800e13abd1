-- Works with: 0.1.0
--
-- What was decided about a row of Plane's counts for that version of the row only.
--
-- Locks: one short exclusive lock on the queue of what goes to GitHub, for a column without a default. Undo: drop the
-- function and the column.

-- The row versions in Plane with which an object was found last. As long as an older transaction is open somewhere, a
-- look finds the same rows again; these have been judged.
alter table github_sync.github_outbound add column seen text;

-- Ends a transaction that would write over what somebody saved in Plane meanwhile; it runs again, with the new row.
create function github_sync.require_rows(edited bigint, expected bigint)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    if edited <> expected then
        raise exception 'a row changed in Plane while its change was worked out'
            using errcode = 'serialization_failure';
    end if;
end
$$;
