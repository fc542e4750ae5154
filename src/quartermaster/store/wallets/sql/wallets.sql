-- name: lots
-- The lots that a workspace's bots can draw on or give back to: all paid lots of these bots and
-- all free lots, but for those that are used up by lapsing alone.
select id, bot_id, source, remaining_micro, used_micro, settled_micro, expires_at
from wallets_lot
where workspace_id = %(workspace)s and (bot_id is null or bot_id = any(%(bots)s::bigint[]))
  and remaining_micro + used_micro + settled_micro > 0
order by id;

-- name: wallets
-- The cached figures of wallets.
select bot_id, paid_micro, free_drawn_micro, drawn, undone from wallets_wallet
where bot_id = any(%(bots)s::bigint[]);

-- name: save_lots
-- What is left in lots, and what was used of them.
update wallets_lot l set remaining_micro = t.remaining, used_micro = t.used
from unnest(%(lots)s::bigint[], %(remaining)s::bigint[], %(used)s::bigint[])
  as t (id, remaining, used)
where l.id = t.id;

-- name: unsettle
-- Debt that was taken back after funds had settled it: the lots that did, the latest first, have it
-- again.
with settled as (
  select id, bot_id, settled_micro,
         sum(settled_micro) over (partition by bot_id order by id) - settled_micro as earlier
  from wallets_lot where bot_id = any(%(bots)s::bigint[]) and settled_micro > 0),
kept as (
  select s.id, least(s.settled_micro, greatest(t.debt - s.earlier, 0))::bigint as amount
  from settled s join unnest(%(bots)s::bigint[], %(debts)s::bigint[]) as t (bot, debt)
    on t.bot = s.bot_id)
update wallets_lot l
set remaining_micro = l.remaining_micro + l.settled_micro - k.amount, settled_micro = k.amount
from kept k where k.id = l.id and k.amount < l.settled_micro;

-- name: save_wallets
-- The cached figures of wallets after charges: what is left in the lots, less the debt that no lot
-- has settled.
update wallets_wallet w
set free_drawn_micro = t.free, drawn = t.drawn::jsonb, undone = t.undone::jsonb, paid_micro = (
  select coalesce(sum(remaining_micro + settled_micro), 0) from wallets_lot
  where bot_id = w.bot_id) - t.debt
from unnest(%(bots)s::bigint[], %(debts)s::bigint[], %(free)s::bigint[], %(drawn)s::text[],
            %(undone)s::text[]) as t (bot, debt, free, drawn, undone)
where w.bot_id = t.bot;

-- name: forget_undone
-- The lots of these have changed: what was given back is drawn again by the order of use alone.
update wallets_wallet w set undone = '[]'
from people_bot b
where b.id = w.bot_id and b.workspace_id = %(workspace)s and undone <> '[]'
  and (%(bot)s::bigint is null or b.id = %(bot)s);

-- name: refresh_pool
-- The pool's cached figures from its lots.
update wallets_pool p set free_micro = l.remaining, expires_at = l.expires_at
from (select coalesce(sum(remaining_micro), 0) as remaining,
             min(expires_at) filter (where remaining_micro > 0) as expires_at
      from wallets_lot where workspace_id = %(workspace)s and source = 'free') l
where p.workspace_id = %(workspace)s
  and (p.free_micro, p.expires_at) is distinct from (l.remaining::bigint, l.expires_at);

-- name: refresh_wallet_expiry
-- When the next of a bot's paid lots lapses.
update wallets_wallet w set paid_expires_at = l.expires_at
from (select bot_id, min(expires_at) filter (where remaining_micro > 0) as expires_at
      from wallets_lot where bot_id = any(%(bots)s::bigint[]) group by bot_id) l
where w.bot_id = l.bot_id and w.paid_expires_at is distinct from l.expires_at;

-- name: add_paid
-- Paid credit enters or leaves a wallet other than by usage.
update wallets_wallet set paid_micro = paid_micro + %(amount)s where bot_id = %(bot)s;

-- name: due_lots
-- Lots of a workspace that have expired with something left.
select id, bot_id, source, remaining_micro, lapsed_micro from wallets_lot
where workspace_id = %(workspace)s and expires_at <= %(at)s and remaining_micro > 0 order by id;

-- name: lapse_lots
-- What is left in lots is gone.
update wallets_lot set lapsed_micro = lapsed_micro + remaining_micro, remaining_micro = 0
where id = any(%(lots)s::bigint[]);

-- name: due_workspaces
-- Workspaces in which a lot has expired with something left; those whose clock stands go by it.
select distinct l.workspace_id from wallets_lot l join people_workspace k on k.id = l.workspace_id
where l.expires_at <= %(at)s and l.remaining_micro > 0 and k.frozen_at is null order by 1;

-- name: next_expiry
-- When the next of a workspace's lots expires with something left, by an instant.
select expires_at, id from wallets_lot
where workspace_id = %(workspace)s and expires_at <= %(until)s and remaining_micro > 0
order by expires_at, id limit 1;

-- name: copy_charges
-- Usage priced.
copy wallets_charge (id, bot_id, session_id, slot_at, price_id, amount_micro, at, unit, quantity)
from stdin (format binary);

-- name: copy_tallied
-- The tallies that charges count to.
copy wallets_talliedcharge (charge_id, tally_id, position) from stdin (format binary);

-- name: charges_of_sessions
-- The charges of sessions that are about to be taken back.
select c.session_id, coalesce(c.price_id, 0), coalesce(t.tally_id, 0), c.amount_micro
from wallets_charge c left join wallets_talliedcharge t on t.charge_id = c.id
where c.session_id = any(%(sessions)s::bigint[]) and quantity > 0;

-- name: stale_rates
-- Those of these bots whose spending per day was worked out before an instant, or never, or by a
-- clock that has been set back since.
select bot_id from wallets_wallet
where bot_id = any(%(bots)s::bigint[])
  and (rated_at is null or rated_at <= %(before)s or rated_at > %(after)s);

-- name: rate_wallets
-- Spending per day over the last seven days, or since usage began if that is less. A wallet that
-- another transaction has in hand is passed over: that one rates it, or the next round does.
with free as (
  select bot_id as id from wallets_wallet where bot_id = any(%(bots)s::bigint[])
  order by bot_id for no key update skip locked)
update wallets_wallet w
set rated_at = %(at)s, spent_per_day_micro = coalesce(r.spent / greatest(r.days, 1), 0)
from free as b
left join lateral (
  select sum(paid_micro + free_micro) as spent,
         extract(epoch from %(at)s - min(slot_at)) / 86400 as days
  from metering_rollup
  where bot_id = b.id and slot_at > %(since)s and slot_at <= %(at)s) r on true
where w.bot_id = b.id;

-- name: free_left
-- What a workspace's pool holds; what has expired does not count, even before it has lapsed.
select case when p.expires_at <= %(at)s then (
         select coalesce(sum(remaining_micro), 0)::bigint from wallets_lot
         where workspace_id = p.workspace_id and source = 'free'
           and (expires_at is null or expires_at > %(at)s)) else p.free_micro end
from wallets_pool p where p.workspace_id = %(workspace)s;

-- name: standings
-- The wallets of bots with their workspace's pool, each found by its key; free credit that has
-- expired does not count, even before it has lapsed.
select b.id, contracts_cover(k.id, %(at)s), k.is_free_first,
       case when w.paid_expires_at <= %(at)s then w.paid_micro - (
         select coalesce(sum(remaining_micro), 0)::bigint from wallets_lot
         where bot_id = b.id and expires_at <= %(at)s) else w.paid_micro end,
       case when p.expires_at <= %(at)s then (
         select coalesce(sum(remaining_micro), 0)::bigint from wallets_lot
         where workspace_id = b.workspace_id and source = 'free'
           and (expires_at is null or expires_at > %(at)s)) else p.free_micro end,
       w.spent_per_day_micro
from people_bot b
join people_workspace k on k.id = b.workspace_id
join wallets_wallet w on w.bot_id = b.id
join wallets_pool p on p.workspace_id = b.workspace_id
where b.id = any(%(bots)s::bigint[]);

-- name: open_tallies
-- The tallies with these keys, each begun where there is none, with what they have.
with wanted as (
  select * from unnest(%(subscriptions)s::bigint[], %(versions)s::bigint[], %(units)s::text[],
                       %(starts)s::timestamptz[], %(trials)s::boolean[])
    with ordinality as t (subscription_id, version_id, unit, start_at, is_trial, place)),
begun as (
  insert into wallets_tally (subscription_id, version_id, unit, start_at, is_trial, quantity,
                             amount_micro)
  select subscription_id, version_id, unit::usage_unit, start_at, is_trial, 0, 0 from wanted
  on conflict (subscription_id, version_id, unit, start_at, is_trial) do nothing
  returning id, subscription_id, version_id, unit, start_at, is_trial, quantity, amount_micro),
known as (
  select t.id, t.subscription_id, t.version_id, t.unit, t.start_at, t.is_trial, t.quantity,
         t.amount_micro
  from wallets_tally t join wanted w using (subscription_id, version_id, start_at, is_trial)
  where t.unit = w.unit::usage_unit
  union all select * from begun)
select w.place, k.id, k.quantity, k.amount_micro
from wanted w join known k using (subscription_id, version_id, start_at, is_trial)
where k.unit = w.unit::usage_unit order by 1;

-- name: tallies
-- Tallies by id, with what prices them.
select t.id, t.subscription_id, t.version_id, t.unit::text, t.start_at, t.is_trial, t.quantity,
       t.amount_micro
from wallets_tally t where t.id = any(%(tallies)s::bigint[]);

-- name: tallies_of_bot
-- All that a bot's subscriptions have had, with what prices them.
select t.id, t.subscription_id, t.version_id, t.unit::text, t.start_at, t.is_trial, t.quantity,
       t.amount_micro
from wallets_tally t join subscriptions_subscription s on s.id = t.subscription_id
where s.bot_id = %(bot)s order by t.start_at, t.id;

-- name: save_tallies
-- What tallies have now.
update wallets_tally t set quantity = n.quantity, amount_micro = n.amount
from unnest(%(tallies)s::bigint[], %(quantities)s::bigint[], %(amounts)s::bigint[])
  as n (id, quantity, amount) where t.id = n.id;

-- name: tally_quantities
-- The tallies of subscriptions that began at instants, with what prices them.
select t.id, t.subscription_id, t.version_id, t.unit::text, t.start_at, t.is_trial, t.quantity,
       t.amount_micro
from wallets_tally t
join unnest(%(subscriptions)s::bigint[], %(starts)s::timestamptz[]) as w (subscription_id, start_at)
  using (subscription_id, start_at);

-- name: used_up_trials
-- Trials of so many sessions that were had, of a workspace or of all whose clock does not stand.
select s.id
from subscriptions_subscription s
join catalog_offerversion v on v.id = s.version_id
join people_bot b on b.id = s.bot_id join people_workspace k on k.id = b.workspace_id
where s.state = 'trialing'
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end
  and (v.terms -> 'trial' ->> 'sessions')::bigint <= (
    select sum(quantity) from wallets_tally t
    where t.subscription_id = s.id and t.is_trial and t.unit = 'billing_session')
order by s.id;
