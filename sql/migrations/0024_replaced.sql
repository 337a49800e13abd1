-- Works with: 0.1.0
--
-- What the sync wrote over in Plane is kept for each field by itself. What it wrote over in one field a moment ago counts
-- although it has written another one since; and so does the text before the last one, which a page in Plane may have
-- read, too.
--
-- Locks: none. Undo: drop the function.

-- What was known, with what was written over just now: for each field its newest five values, how it was left, and when.
-- Values from longer ago than a page may have been read are dropped.
create function github_sync.with_replaced(known jsonb, added jsonb) returns jsonb
language sql stable
return
    coalesce(known, '{}') || (
        select jsonb_object_agg(
            field.key,
            field.value || jsonb_build_object(
                'at', now(),
                'was', jsonb_path_query_array(
                    (field.value -> 'was') || case
                        when (known -> field.key ->> 'at')::timestamptz > now() - interval '3 minutes'
                            then known -> field.key -> 'was'
                        else '[]'
                    end,
                    '$[0 to 4]'
                )
            )
        )
        from jsonb_each(added) as field
    );

do $$
declare
    role regrole;
begin
    for role in
        select distinct a.grantee
        from pg_class as c, aclexplode(c.relacl) as a
        where c.oid = 'github_sync.github_issue_versions'::regclass
            and a.grantee not in (c.relowner, 0) and a.privilege_type = 'UPDATE'
    loop
        execute format('grant execute on function github_sync.with_replaced(jsonb, jsonb) to %s', role);
    end loop;
end $$;
