-- What was prepared before anything is measured.
create schema bench;
create extension if not exists pg_stat_statements schema bench;

-- Deliveries in the order of GitHub. Payloads as text, as they came: parsing one and compressing it is part of storing
-- it, decompressing this one is not.
create table bench.history (
    n int generated always as identity (minvalue 0 start 0) primary key,
    event_type text not null,
    action text not null,
    payload text not null
);
alter table bench.history alter column payload set storage external;

-- A key as ingest makes them: the time of receipt in front, so that new keys go to the end of the index.
create function bench.event_id(milliseconds bigint, n bigint) returns uuid
language sql volatile as $$
    select overlay(
        overlay(
            overlay(gen_random_uuid()::text placing lpad(to_hex(milliseconds >> 16), 8, '0') from 1)
            placing lpad(to_hex(milliseconds & 65535), 4, '0') from 10
        ) placing '7' || lpad(to_hex(n & 4095), 3, '0') from 15
    )::uuid
$$;
