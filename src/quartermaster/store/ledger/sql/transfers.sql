-- name: insert_transfers
-- One row per transfer, in the order given.
insert into ledger_transfer
  (idempotency_key, fact, debit_id, credit_id, amount_micro, lot_id, at)
select key, fact::ledger_fact, debit, credit, amount, lot, %(at)s
from unnest(%(keys)s::uuid[], %(facts)s::text[], %(debits)s::bigint[], %(credits)s::bigint[],
            %(amounts)s::bigint[], %(lots)s::bigint[])
  as t (key, fact, debit, credit, amount, lot);

-- name: copy_transfers
-- Transfers for charges.
copy ledger_transfer
  (debit_id, credit_id, amount_micro, lot_id, charge_id, at, fact, part)
from stdin (format binary);

-- name: accounts
-- The accounts of a workspace.
select id, bot_id, kind from ledger_account where workspace_id = %(workspace)s;
