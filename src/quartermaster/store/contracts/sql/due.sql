-- name: open_contracts
-- To when each of a workspace's contracts is closed, as far as that is before an instant and before
-- its end.
select f.closed, c.id from contracts_contract c
cross join lateral (
  select coalesce(max(s.end_at), c.start_at) as closed
  from contracts_statement s where s.contract_id = c.id) f
where c.workspace_id = %(workspace)s and f.closed < %(until)s
  and (c.end_at is null or f.closed < c.end_at);
