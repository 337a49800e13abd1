-- The schema of plane-github-sync and the record of what was applied to it.
--
-- Runs before every migration, so each statement must be harmless when repeated.
do $$
begin
    -- `create schema if not exists` asks for the right to create schemas even where there is nothing to create.
    if to_regnamespace('github_sync') is null then
        create schema github_sync;
    end if;
end $$;

create table if not exists github_sync.schema_migrations (
    name text primary key,
    checksum text not null,         -- SHA-256 of the file: an applied migration never changes
    oldest_program text not null,   -- the oldest program version that still works with the schema as of here
    applied_at timestamptz not null default now()
);
