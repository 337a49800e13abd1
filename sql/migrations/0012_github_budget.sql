-- Works with: 0.1.0
--
-- What the workers share as clients of GitHub's API: how many calls they may still make together, and the tokens of the
-- App's installations. GitHub counts calls by principal, which is an installation, an App or a user, however many
-- workers make them.
--
-- Whoever reserves or settles a call locks the principal's row first, so that each sees what the one before has done.
-- All times but reset_at are those of this server's clock.
--
-- Locks: none. Undo: drop the view and the tables.

-- What holds for all calls of a principal.
create table github_sync.github_principals (
    principal text primary key,                 -- app:APP/installation:ID, app:APP, user:ID, or token:FINGERPRINT
    known_as text,                              -- of a token: the user whose it is, once GitHub has told
    blocked_until timestamptz,                  -- no call before: GitHub refused one because of a limit
    strikes int not null default 0 check (strikes >= 0),    -- refusals since the last success, one for each block
    next_write_at timestamptz,                  -- no write before
    recent_writes timestamptz[] not null default '{}'       -- when the last 500 writes were allowed, in their order
) with (fillfactor = 50);

-- The primary rate limit: so many calls in a window of time.
create table github_sync.github_budget (
    principal text not null references github_sync.github_principals,
    resource text not null check (resource in ('core', 'graphql', 'search')),
    rl_limit bigint,                            -- calls in a window; null while GitHub has told of none
    remaining bigint,                           -- calls left, without those that are reserved
    -- GitHub's name for the window: when it ends by GitHub's clock. A window that we began ourselves, because the last
    -- one is over, is one second past it: older than any that GitHub may name next.
    reset_at timestamptz,
    rolls_at timestamptz,                       -- when the window is surely over, by our clock
    primary key (principal, resource),
    check ((rl_limit is null) = (remaining is null)),
    check ((rl_limit is null) = (reset_at is null)),
    check ((rl_limit is null) = (rolls_at is null))
) with (fillfactor = 50);

-- The calls that a principal may have at the same time: a call holds a slot until its answer is here. The slot of a
-- worker that was killed is free again when its lease ends.
create table github_sync.github_call_slots (
    principal text not null references github_sync.github_principals,
    slot int not null check (slot between 1 and 4),
    call_id uuid,                               -- null while nobody holds it
    lease_until timestamptz not null default '-infinity',
    reset_at timestamptz,                       -- the window in which the call was counted
    primary key (principal, slot)
) with (fillfactor = 50);

-- The newest token of each installation, which one worker makes for all.
create table github_sync.github_installation_tokens (
    app text not null,
    installation_id bigint not null,
    token_id uuid,                              -- ours, made with the token
    sealed bytea,                               -- encrypted with a key that only the App's private key gives
    expires_at timestamptz,
    minting_until timestamptz,                  -- a worker is about to make a token; nobody else does before
    parked_until timestamptz,                   -- no call before: GitHub refused a token that was just made
    primary key (app, installation_id),
    check ((token_id is null) = (sealed is null)),
    check ((token_id is null) = (expires_at is null))
) with (fillfactor = 50);

-- What is left of the limits of GitHub's API, and what holds calls back.
create view github_sync.github_api_budget as
select
    p.principal,
    b.resource,
    b.rl_limit,
    case when b.rolls_at <= now() then b.rl_limit when b.remaining < 0 then 0 else b.remaining end as remaining,
    case when b.rolls_at > now() then b.rolls_at end as resets_at,
    case when p.blocked_until > now() then p.blocked_until end as blocked_until,
    p.strikes,
    case when p.next_write_at > now() then p.next_write_at end as next_write_at,
    (
        select count(*) from unnest(p.recent_writes) as written (at) where written.at > now() - interval '1 hour'
    ) as writes_last_hour,
    (
        select count(*) from github_sync.github_call_slots as s
        where s.principal = p.principal and s.lease_until > now()
    ) as calls_in_progress
from github_sync.github_principals as p
join github_sync.github_budget as b using (principal);
