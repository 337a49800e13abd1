-- What was prepared before anything is measured.
create extension if not exists pg_stat_statements;
create schema bench;

-- Payloads as text, as they came: to parse and compress one is part of storing it. n is the order on GitHub.
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

-- The same history for the queue, once parsed and compressed, so that filling the queue again takes a moment.
create table bench.queue (
    id uuid not null,
    delivery_id text not null,
    event_type text not null,
    action text not null,
    payload json compression lz4 not null
);
