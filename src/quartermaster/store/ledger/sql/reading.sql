-- name: accounts_of
-- The accounts of a workspace, or of one of its bots.
select coalesce(array_agg(id), '{}') from ledger_account
where workspace_id = %(workspace)s and (%(bot)s::bigint is null or bot_id = %(bot)s);

-- name: transfer_ids
-- The lowest and the highest id of all transfers; where there are none, nothing is between them.
select coalesce(min(id), 1), coalesce(max(id), 0) from ledger_transfer;

-- name: latest_transfers
-- The latest within some ids that move credit of these accounts. Both accounts of a transfer are of
-- one workspace, so whoever asks for all of one's names those that give alone. By `id + 0`, lest
-- the primary key be read backwards in the hope that there are enough.
select t.id from ledger_transfer t
where (t.debit_id = any(%(givers)s::bigint[]) or t.credit_id = any(%(takers)s::bigint[]))
  and t.id >= %(first)s and t.id < %(last)s and t.at <= %(at)s
  and (%(fact)s::text is null or t.fact::text = %(fact)s)
order by t.id + 0 desc limit %(limit)s;

-- name: latest_acts
-- The same of transfers that are not for charges, which have keys of their own and are few.
select t.id from ledger_transfer t
where (t.debit_id = any(%(givers)s::bigint[]) or t.credit_id = any(%(takers)s::bigint[]))
  and t.id >= %(first)s and t.id < %(last)s and t.at <= %(at)s
  and t.idempotency_key is not null and t.fact::text = %(fact)s
order by t.id + 0 desc limit %(limit)s;

-- name: transfers
-- These transfers, as far as they are a workspace's; the latest first.
select t.id, t.fact::text, d.kind, c.kind, b.public_id, b.name, t.amount_micro, t.lot_id,
       t.charge_id, t.at, w.currency
from ledger_transfer t
join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
join people_workspace w on w.id = d.workspace_id
left join people_bot b on b.id = coalesce(d.bot_id, c.bot_id)
where t.id = any(%(ids)s::bigint[]) and d.workspace_id = %(workspace)s
order by t.id desc;

-- name: wallet_changes
-- By how much a bot's paid credit changed at each instant of a time at which it did; of some lots,
-- what was bought with them and went back is left out.
select t.at, sum(case when t.credit_id = a.id then t.amount_micro else -t.amount_micro end)::bigint
from ledger_account a join ledger_transfer t on a.id in (t.debit_id, t.credit_id)
where a.bot_id = %(bot)s and a.kind = 'wallet' and t.at >= %(start)s and t.at < %(end)s
  and (t.fact not in ('funds_added', 'funds_taken_back', 'funds_kept')
       or coalesce(t.lot_id, 0) <> all(%(without)s::bigint[]))
group by t.at order by t.at;
