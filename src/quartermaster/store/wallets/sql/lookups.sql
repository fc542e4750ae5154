-- name: session_charges
-- What a session was charged, and given back, with the price and the credit that moved. There is an
-- index for each of the two.
select c.id, c.quantity, c.amount_micro, c.at, c.unit::text, w.currency,
       p.id, p.amount, p.from_at,
       y.version_id, y.start_at, y.is_trial, n.position,
       t.id, case when a.kind::text = 'charged_free' then 'free'
            when t.lot_id is null then 'debt' else 'paid' end,
       t.lot_id,
       case t.fact::text when 'usage_charged' then t.amount_micro else -t.amount_micro end
from wallets_charge c join people_bot b on b.id = c.bot_id
join people_workspace w on w.id = b.workspace_id
left join catalog_price p on p.id = c.price_id
left join wallets_talliedcharge n on n.charge_id = c.id
left join wallets_tally y on y.id = n.tally_id
left join ledger_transfer t on t.charge_id = c.id
left join ledger_account a
  on a.id = case t.fact::text when 'usage_charged' then t.credit_id else t.debit_id end
where (c.session_id = %(session)s and c.quantity > 0)
   or (c.session_id = %(session)s and c.quantity < 0)
order by c.id, t.id;

-- name: charge
-- One charge of a workspace, with the price and the credit that moved.
select c.session_id, b.public_id, b.name, c.bot_id, c.unit::text, c.slot_at,
       c.id, c.quantity, c.amount_micro, c.at, c.unit::text, w.currency,
       p.id, p.amount, p.from_at,
       y.version_id, y.start_at, y.is_trial, n.position,
       t.id, case when a.kind::text = 'charged_free' then 'free'
            when t.lot_id is null then 'debt' else 'paid' end,
       t.lot_id,
       case t.fact::text when 'usage_charged' then t.amount_micro else -t.amount_micro end
from wallets_charge c join people_bot b on b.id = c.bot_id
join people_workspace w on w.id = b.workspace_id
left join catalog_price p on p.id = c.price_id
left join wallets_talliedcharge n on n.charge_id = c.id
left join wallets_tally y on y.id = n.tally_id
left join ledger_transfer t on t.charge_id = c.id
left join ledger_account a
  on a.id = case t.fact::text when 'usage_charged' then t.credit_id else t.debit_id end
where c.id = %(charge)s and b.workspace_id = %(workspace)s order by t.id;

-- name: lot_facts
-- The lots of a workspace's pool, or of a bot, by the order in which they came.
select l.id, l.source, b.public_id, l.granted_micro, l.remaining_micro, l.used_micro,
       l.lapsed_micro, l.settled_micro, l.price_paid_minor, l.expires_at, l.granted_at
from wallets_lot l left join people_bot b on b.id = l.bot_id
where l.workspace_id = %(workspace)s
  and (%(lots)s::bigint[] is null or l.id = any(%(lots)s::bigint[]))
  and (%(lots)s::bigint[] is not null or l.bot_id is not distinct from %(bot)s)
order by l.granted_at, l.id;
