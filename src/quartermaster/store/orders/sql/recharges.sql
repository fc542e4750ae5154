-- name: under_threshold
-- Bots whose auto-recharge is on, whose paid credit is under its threshold, and for whom it has
-- nothing in flight, each behind its clock: of a workspace or, null, of all whose clock goes with
-- the world's.
with factors as (
  select * from unnest(%(currencies)s::text[], %(factors)s::bigint[]) as f (currency, factor)),
latest as (
  select distinct on (bot_id) bot_id, on_at, threshold_minor
  from billing_rechargeterms order by bot_id, id desc)
select k.frozen_at, l.bot_id
from latest l
join wallets_wallet w on w.bot_id = l.bot_id
join people_bot b on b.id = l.bot_id
join people_workspace k on k.id = b.workspace_id
left join factors f on f.currency = k.currency
where l.on_at is not null and w.paid_micro < l.threshold_minor * coalesce(f.factor, 10000)
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end
  and not exists (
    select from orders_order o where o.bot_id = l.bot_id and o.place = 'recharge'
    and o.kind <> 'funds' and o.state in ('draft', 'awaiting_payment', 'pending_clearance'));
