-- Works with: 0.1.0
--
-- How each team wants a repository synced, and what we last applied of pull requests, labels and repositories.
--
-- Locks: one short exclusive lock on github_issue_versions, for two columns without a default and an index; a million
-- rows take about a second. Undo: drop the tables and the function, then the columns.

-- One row per connection that wants something else than the defaults; Sources/Worker/Settings says what it may hold.
create table github_sync.github_sync_settings (
    repository_sync_id uuid primary key,        -- Plane's github_repository_syncs row
    settings jsonb not null,
    changed_by text not null,
    changed_at timestamptz not null default now()
);

-- Every change, with who made it.
create table github_sync.github_sync_settings_changes (
    id bigint generated always as identity primary key,
    repository_sync_id uuid not null,
    settings jsonb not null,                    -- as they were from then on
    changed_by text not null,
    changed_at timestamptz not null default now()
);

create index github_sync_settings_changes_of_sync
on github_sync.github_sync_settings_changes (repository_sync_id, id);

-- What the rules of some settings say about a payload:
-- {"ignored": PREDICATE}, or {"set": {FIELD: VALUE}, "labels": [NAME]}, or {"problem": MESSAGE}.
--
-- A payload that jsonb refuses (\u0000, a lone surrogate, a number out of range) meets no rule.
create function github_sync.apply_rules(payload json, settings jsonb)
returns jsonb
language plpgsql stable
as $$
declare
    body jsonb;
    predicate text;
    rule jsonb;
    value text;
    fields jsonb := '{}';
    labels jsonb := '[]';
begin
    body := payload::jsonb;
    for predicate in select jsonb_array_elements_text(coalesce(settings -> 'ignore', '[]')) loop
        if jsonb_path_match(body, predicate::jsonpath, silent => true) then
            return jsonb_build_object('ignored', predicate);
        end if;
    end loop;
    for rule in select jsonb_array_elements(coalesce(settings -> 'transform', '[]')) loop
        continue when rule ? 'when'
            and jsonb_path_match(body, (rule ->> 'when')::jsonpath, silent => true) is not true;
        value := case
            when rule ? 'from' then jsonb_path_query_first(body, (rule ->> 'from')::jsonpath, silent => true) #>> '{}'
            else rule ->> 'to'
        end;
        continue when value is null;
        if rule ->> 'set' = 'label' then
            labels := labels || to_jsonb(value);
        else
            fields := fields || jsonb_build_object(rule ->> 'set', value);
        end if;
    end loop;
    return jsonb_build_object('set', fields, 'labels', labels);
exception when data_exception or program_limit_exceeded or feature_not_supported or undefined_object then
    return jsonb_build_object('problem', sqlerrm);
end
$$;

-- number: GitHub's, to find the issue a pull request names. Rows from before this migration get theirs with the issue's
-- next event. priority: what the rules made of the snapshot last applied.
alter table github_sync.github_issue_versions add column number bigint, add column priority text;

create index github_issue_versions_number
on github_sync.github_issue_versions (repository_sync_id, number);

create table github_sync.github_pull_versions (
    repository_sync_id uuid not null,
    github_pull_id bigint not null,
    github_updated_at timestamptz,              -- null: seen, nothing applied yet
    event_id uuid,
    number bigint,
    state text,                                 -- draft, open, merged, closed
    merged_at timestamptz,
    title text,
    url text,
    primary key (github_pull_id, repository_sync_id)
) with (fillfactor = 80);

-- Which issues a pull request names, of those its project could have; the issue need not be there yet.
create table github_sync.github_pull_references (
    repository_sync_id uuid not null,
    github_pull_id bigint not null,
    scope_id uuid not null,                     -- a repository sync: GitHub's numbers; a project: Plane's
    number bigint not null,
    closes boolean not null,
    primary key (github_pull_id, repository_sync_id, scope_id, number)
);

create index github_pull_references_target
on github_sync.github_pull_references (scope_id, number);

-- Labels as GitHub's `label` events last showed them. These carry no time: the order of receipt decides.
create table github_sync.github_label_versions (
    repository_sync_id uuid not null,
    github_label_id bigint not null,
    label_id uuid,                              -- Plane's; null as long as no issue needed one
    event_id uuid,                              -- null: known from issues only
    name text,
    color text,
    description text,
    deleted_at timestamptz,                     -- a tombstone
    primary key (github_label_id, repository_sync_id)
);

create index github_label_versions_label
on github_sync.github_label_versions (label_id);

-- The name a repository had when it was last renamed or transferred.
create table github_sync.github_repository_versions (
    repository_sync_id uuid primary key,
    github_updated_at timestamptz,
    event_id uuid
);
