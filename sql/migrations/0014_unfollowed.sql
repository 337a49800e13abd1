-- Works with: 0.1.0
--
-- Repositories whose deliveries arrived, signed, while no project followed them: the newest 4096, for `connect`, which
-- needs GitHub's number of a repository and may have nobody to ask for it.
--
-- Locks: none that matter, the table is new. Undo: drop the table.
create table github_sync.github_unfollowed_repositories (
    repository_id bigint primary key,           -- GitHub's
    full_name text not null,
    seen_at timestamptz not null default now()
);
