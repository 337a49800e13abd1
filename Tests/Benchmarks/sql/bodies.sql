-- The first `issues` events of the history just loaded, numbered from 0: those that wrk sends, signed.
create table bench.bodies (n int primary key, action text not null, payload text not null);
alter table bench.bodies alter column payload set storage external;

insert into bench.bodies (n, action, payload)
select row_number() over (order by n) - 1, action, payload
from bench.history where event_type = 'issues' order by n limit :bodies;

vacuum analyze bench.bodies;
