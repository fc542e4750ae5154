-- name: accounts_of
-- The accounts of a workspace, or of one of its bots.
select coalesce(array_agg(id), '{}') from ledger_account
where workspace_id = %(workspace)s and (%(bot)s::bigint is null or bot_id = %(bot)s);

-- name: earliest_transfer
-- When the first transfer of all was posted.
select at from ledger_transfer order by id limit 1;

-- name: transfer_page
-- The latest transfers before a place that move credit of these accounts, posted in a time.
select t.id, t.fact::text, d.kind, c.kind, b.public_id, b.name, t.amount_micro, t.lot_id,
       t.charge_id, t.at
from ledger_transfer t
join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
left join people_bot b on b.id = coalesce(d.bot_id, c.bot_id)
where (t.debit_id = any(%(accounts)s::bigint[]) or t.credit_id = any(%(accounts)s::bigint[]))
  and t.at >= %(start)s and t.at < %(end)s and (t.at, t.id) < (%(before)s, %(before_id)s)
  and (%(fact)s::text is null or t.fact::text = %(fact)s)
order by t.at desc, t.id desc limit %(limit)s;

-- name: transfer
-- One transfer of a workspace.
select t.id, t.fact::text, d.kind, c.kind, b.public_id, b.name, t.amount_micro, t.lot_id,
       t.charge_id, t.at
from ledger_transfer t
join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
left join people_bot b on b.id = coalesce(d.bot_id, c.bot_id)
where t.id = %(transfer)s and d.workspace_id = %(workspace)s;
