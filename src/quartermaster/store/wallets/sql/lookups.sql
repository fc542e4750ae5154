-- name: session_charges
-- What a session was charged, and given back, with the price and the credit that moved.
select c.id, c.quantity, c.amount_micro, c.at, p.amount, p.from_at,
       case when a.kind::text = 'charged_free' then 'free'
            when t.lot_id is null then 'debt' else 'paid' end,
       t.lot_id,
       case t.fact::text when 'usage_charged' then t.amount_micro else -t.amount_micro end
from wallets_charge c join catalog_price p on p.id = c.price_id
left join ledger_transfer t on t.charge_id = c.id
left join ledger_account a
  on a.id = case t.fact::text when 'usage_charged' then t.credit_id else t.debit_id end
where c.session_id = %(session)s order by c.id, t.id;
