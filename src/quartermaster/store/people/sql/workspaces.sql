-- name: try_lock_workspace
-- The workspace's row, held to the end of the transaction; nothing if another holds it.
select id, plan = 'enterprise', is_free_first, is_test, frozen_at
from people_workspace where id = %(workspace)s
for no key update skip locked;

-- name: lock_workspace
-- The same, but waits: whoever writes a workspace's books does so one after the other.
select id, plan = 'enterprise', is_free_first, is_test, frozen_at
from people_workspace where id = %(workspace)s
for no key update;

-- name: begin_advance
-- Whoever moves this clock on does so alone: waits for the one before, up to the end of `patience`.
select set_config('lock_timeout', %(patience)s, true),
       pg_advisory_lock(hashtextextended('quartermaster clock', %(workspace)s));

-- name: end_advance
-- The next one may.
select pg_advisory_unlock(hashtextextended('quartermaster clock', %(workspace)s));
