-- Works with: 0.1.0
--
-- Where the numbers and the manual order of a project's issues had come to, so that a new issue does not cost a walk
-- over all its issues. Only a hint: Plane numbers issues too, under the same lock, and what it took since is looked up.
--
-- Locks: the version tables while their keys are made anew, about a second per million rows. Undo: drop the functions
-- and the tables, and turn the keys around again.

-- GitHub's id first: a look-up by it must not walk over the whole index, whichever way a plan goes about its joins.
alter table github_sync.github_issue_versions
drop constraint github_issue_versions_pkey,
add primary key (github_issue_id, repository_sync_id);

alter table github_sync.github_comment_versions
drop constraint github_comment_versions_pkey,
add primary key (github_comment_id, repository_sync_id);

create table github_sync.github_project_numbers (
    project_id uuid primary key,
    number bigint not null                      -- no issue of the project had a larger one
) with (fillfactor = 50);

create table github_sync.github_state_orders (
    state_id uuid primary key,
    sort_order double precision not null,       -- of the last issue in the state
    read_at timestamptz not null                -- when Plane's own issues were looked at
) with (fillfactor = 50);

-- Takes the next numbers of a project for `wanted` new issues and returns the one before them. The caller holds the
-- project's number lock.
--
-- What Plane took since the last call lies right above the known number, as Plane counts without gaps. Only that
-- stretch is looked at, until it is free: no number is ever given twice, whatever the hint says. `execute` plans for
-- the very numbers: an index on the number serves a large project, one on the project a small one.
create function github_sync.take_numbers(project uuid, wanted bigint) returns bigint
language plpgsql volatile as $$
declare
    known bigint;
    taken bigint;
begin
    select number into known from github_sync.github_project_numbers where project_id = project;
    if known is null then
        select coalesce(max(sequence), 0) into known from public.issue_sequences where project_id = project;
    end if;
    loop
        execute 'select max(sequence + 0) from public.issue_sequences
                 where project_id = $1 and sequence > $2 and sequence <= $2 + $3'
        into taken using project, known, wanted + 50;
        exit when taken is null;
        known := taken;
    end loop;
    insert into github_sync.github_project_numbers (project_id, number) values (project, known + wanted)
    on conflict (project_id) do update set number = excluded.number;
    return known;
end
$$;

-- Takes places at the end of a state's manual order for `wanted` new issues and returns the first: Plane's 65535 in an
-- empty state, else 10000 after the last. The caller holds the project's number lock.
--
-- What Plane put there in the last minutes may share a place with ours, which Plane allows and shows in either order.
create function github_sync.take_places(state uuid, wanted bigint) returns double precision
language plpgsql volatile as $$
declare
    last double precision;
    seen timestamptz;
begin
    select sort_order, read_at into last, seen from github_sync.github_state_orders where state_id = state;
    if seen is null or seen < now() - interval '10 minutes' then
        seen := now();
        select greatest(last, max(sort_order)) into last
        from public.issues where state_id = state and deleted_at is null;
    end if;
    last := coalesce(last + 10000, 65535);
    insert into github_sync.github_state_orders (state_id, sort_order, read_at)
    values (state, last + 10000 * (wanted - 1), seen)
    on conflict (state_id) do update set sort_order = excluded.sort_order, read_at = excluded.read_at;
    return last;
end
$$;
