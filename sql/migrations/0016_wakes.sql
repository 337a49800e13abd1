-- Works with: 0.1.0
--
-- Wake-ups: objects in Plane that have changed, as Plane's webhook says. A row is a reason to look at the object now, not
-- the truth about it. The worker's look takes the rows away; plane-ingest adds none while some 10,000 wait.
--
-- Locks: none that matter, the table is new. Undo: drop the table.
create table github_sync.github_outbound_wakes (
    kind text not null check (kind in ('issue', 'comment')),
    plane_id uuid not null,                     -- Plane's key of the object
    received_at timestamptz not null default now(),     -- the last time that the webhook named it
    primary key (kind, plane_id)
);
