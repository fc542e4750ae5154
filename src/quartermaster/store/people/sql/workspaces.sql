-- name: try_lock_workspace
-- The workspace's row, held to the end of the transaction; nothing if another holds it.
select id, plan = 'enterprise', is_free_first from people_workspace where id = %(workspace)s
for no key update skip locked;

-- name: lock_workspace
-- The same, but waits: whoever writes a workspace's books does so one after the other.
select id, plan = 'enterprise', is_free_first from people_workspace where id = %(workspace)s
for no key update;
