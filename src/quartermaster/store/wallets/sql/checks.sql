-- name: books_balance
-- Over each workspace's accounts, what came in and what went out is the same.
select k.public_id, 'accounts sum to ' || sum(m.amount)::text || ' millionths, not 0'
from (select credit_id as account, amount_micro as amount from ledger_transfer
      union all select debit_id, -amount_micro from ledger_transfer) m
join ledger_account a on a.id = m.account join people_workspace k on k.id = a.workspace_id
group by k.public_id having sum(m.amount) <> 0;

-- name: transfers_are_locked
-- PostgreSQL still refuses to change transfers: to update or delete one (27), to truncate (34).
select 'ledger_transfer', count(*)::text || ' of 2 guards are on'
from pg_trigger g join pg_proc p on p.oid = g.tgfoid and p.prosrc ilike '%%raise exception%%'
where tgrelid = 'ledger_transfer'::regclass and tgenabled in ('O', 'A') and tgqual is null
  and (tgname, tgtype) in (('transfer_append_only', 27), ('transfer_no_truncate', 34))
having count(*) <> 2;

-- name: wallets_match_transfers
-- A wallet's cached balance and drawn free credit are what its transfers say.
with moved as (
  select a.bot_id, a.kind, sum(m.amount) as amount
  from (select credit_id as account, amount_micro as amount from ledger_transfer
        union all select debit_id, -amount_micro from ledger_transfer) m
  join ledger_account a on a.id = m.account where a.bot_id is not null group by 1, 2)
select b.public_id, 'wallet says paid ' || w.paid_micro || ', free drawn ' || w.free_drawn_micro
       || '; transfers say ' || coalesce(p.amount, 0) || ', ' || coalesce(f.amount, 0)
from wallets_wallet w join people_bot b on b.id = w.bot_id
left join moved p on p.bot_id = w.bot_id and p.kind = 'wallet'
left join moved f on f.bot_id = w.bot_id and f.kind = 'charged_free'
where w.paid_micro <> coalesce(p.amount, 0) or w.free_drawn_micro <> coalesce(f.amount, 0);

-- name: pools_match_transfers
-- A pool's cached balance is what its transfers say.
with moved as (
  select a.workspace_id, sum(m.amount) as amount
  from (select credit_id as account, amount_micro as amount from ledger_transfer
        union all select debit_id, -amount_micro from ledger_transfer) m
  join ledger_account a on a.id = m.account where a.kind = 'pool' group by 1)
select k.public_id, 'pool says ' || p.free_micro || ', transfers say ' || coalesce(m.amount, 0)
from wallets_pool p join people_workspace k on k.id = p.workspace_id
left join moved m on m.workspace_id = p.workspace_id
where p.free_micro <> coalesce(m.amount, 0);

-- name: lots_match_transfers
-- What was granted, used and lapsed of each lot is what its transfers say.
with moved as (
  select lot_id,
    sum(case when fact in ('free_credits_granted', 'funds_added') then amount_micro else 0 end)
      as granted,
    sum(case fact when 'usage_charged' then amount_micro when 'usage_withdrawn' then -amount_micro
        else 0 end) as used,
    sum(case fact when 'credits_lapsed' then amount_micro else 0 end) as lapsed,
    sum(case fact when 'funds_taken_back' then amount_micro when 'funds_kept' then -amount_micro
        else 0 end) as taken_back
  from ledger_transfer where lot_id is not null group by 1)
select coalesce(l.id, m.lot_id)::text,
       case when l.id is null then 'there is no such lot' else 'lot says granted '
            || l.granted_micro || ', used ' || l.used_micro || ', lapsed ' || l.lapsed_micro
            || ', taken back ' || l.taken_back_micro end
       || '; transfers say ' || coalesce(m.granted, 0) || ', ' || coalesce(m.used, 0) || ', '
       || coalesce(m.lapsed, 0) || ', ' || coalesce(m.taken_back, 0)
from wallets_lot l full join moved m on m.lot_id = l.id
where (l.granted_micro, l.used_micro, l.lapsed_micro, l.taken_back_micro) is distinct from
      (m.granted::bigint, m.used::bigint, m.lapsed::bigint, m.taken_back::bigint);

-- name: wallets_match_lots
-- A wallet holds what is left in its lots less its debt, and its debt is what no lot paid.
with lots as (
  select bot_id, sum(remaining_micro) as remaining, sum(settled_micro) as settled
  from wallets_lot where bot_id is not null group by 1),
debts as (
  select a.bot_id, sum(case t.fact when 'usage_withdrawn' then -t.amount_micro
                       else t.amount_micro end) as amount
  from ledger_transfer t join ledger_account a
    on a.kind = 'wallet' and a.id = case t.fact when 'usage_withdrawn' then t.credit_id
                                    else t.debit_id end
  where t.lot_id is null and t.fact in ('usage_charged', 'usage_withdrawn', 'funds_taken_back')
  group by 1)
select b.public_id, 'wallet holds ' || w.paid_micro || '; lots hold ' || coalesce(l.remaining, 0)
       || ', unpaid is ' || coalesce(d.amount, 0) - coalesce(l.settled, 0)
from wallets_wallet w join people_bot b on b.id = w.bot_id
left join lots l on l.bot_id = w.bot_id left join debts d on d.bot_id = w.bot_id
where w.paid_micro <> coalesce(l.remaining, 0) - coalesce(d.amount, 0) + coalesce(l.settled, 0)
   or coalesce(d.amount, 0) < coalesce(l.settled, 0);

-- name: sessions_charged_once
-- Each session that no contract covers is charged once at the price of its time, or to a plan (what
-- that comes to, `tallies_match_charges` proves), and what was taken back is charged back.
with planned as (
  select s.bot_id, h.start_at, h.end_at, u.unit
  from subscriptions_phase h join subscriptions_subscription s on s.id = h.subscription_id
  join catalog_offerversion v on v.id = h.version_id
  cross join lateral jsonb_object_keys(coalesce(v.terms -> 'usage', '{}')) as u (unit)),
priced as (
  select s.id, b.public_id as bot, s.unit, s.start_at, s.withdrawn_by_id is null as stands,
         (select round(p.amount * 1000000)::bigint from catalog_price p
          where p.unit = s.unit and p.from_at <= s.start_at
          order by p.from_at desc limit 1) as price,
         exists (select from planned h where h.bot_id = s.bot_id and h.unit = s.unit::text
                 and h.start_at <= s.start_at and (h.end_at is null or s.start_at < h.end_at))
           as is_planned
  from metering_session s join people_bot b on b.id = s.bot_id
  where not contracts_cover(b.workspace_id, s.start_at)),
charged as (
  select session_id, sum(quantity) as quantity, sum(amount_micro) as amount,
         bool_and(price_id is null) as is_planned
  from wallets_charge where session_id is not null group by 1)
select p.id::text, p.bot || ' ' || p.unit || ' at ' || p.start_at || ': '
       || case when p.stands then 'stands' else 'taken back' end || ', charged '
       || coalesce(c.amount, 0) || ' for ' || coalesce(c.quantity, 0)
       || case when c.is_planned then ' by a plan' else '' end
from priced p left join charged c on c.session_id = p.id
where coalesce(c.quantity, 0) <> (p.stands and (p.is_planned or coalesce(p.price, 0) <> 0))::int
   or (c.is_planned is not null and c.is_planned <> p.is_planned)
   or (not p.stands and coalesce(c.amount, 0) <> 0)
   or (p.stands and not p.is_planned and coalesce(c.amount, 0) <> coalesce(p.price, 0))
union all
select c.session_id::text, 'charged, but there is no such session'
from charged c left join metering_session s on s.id = c.session_id where s.id is null;

-- name: charges_posted
-- The transfers of each charge sum to it and move the credit of its bot.
select c.id::text, 'charge of ' || c.amount_micro || ', transfers of ' || coalesce(t.amount, 0)
from wallets_charge c left join (
  select charge_id, sum(case fact when 'usage_charged' then amount_micro else -amount_micro end)
         as amount from ledger_transfer where charge_id is not null group by 1) t
  on t.charge_id = c.id
where c.amount_micro <> coalesce(t.amount, 0)
union all
select t.id::text, 'transfer for charge ' || t.charge_id || ', which is not there'
from ledger_transfer t left join wallets_charge c on c.id = t.charge_id
where t.charge_id is not null and c.id is null
union all
select t.id::text, 'transfer for charge ' || c.id || ' moves the credit of another bot'
from ledger_transfer t join wallets_charge c on c.id = t.charge_id
join ledger_account d on d.id = t.debit_id join ledger_account k on k.id = t.credit_id
where d.bot_id <> c.bot_id or k.bot_id <> c.bot_id;

-- name: rollups_match_sessions
-- The figures of roll-ups are the sessions that stand and the units that were delivered; those
-- whose events left the table are told.
with delivered as (
  select t.bot_id, date_bin('15 minutes', e.at, 'epoch') as slot_at, e.kind,
         coalesce(e.channel_id, 0) as channel_id, count(*) as quantity
  from metering_event e join metering_thread t on t.id = e.thread_id
  where e.kind between 10 and 12 group by 1, 2, 3, 4
  union all
  select * from unnest(%(bots)s::bigint[], %(slots)s::timestamptz[], %(kinds)s::int[],
                       %(channels)s::bigint[], %(quantities)s::bigint[])),
counted as (
  select bot_id, date_bin('15 minutes', start_at, 'epoch') as slot_at, unit,
         coalesce(channel_id, 0) as channel_id, count(*) as quantity
  from metering_session where withdrawn_by_id is null group by 1, 2, 3, 4
  union all
  select bot_id, slot_at,
         (case kind when 10 then 'api_session' when 11 then 'alert' else 'notification'
          end)::usage_unit,
         channel_id, sum(quantity)
  from delivered group by 1, 2, 3, 4)
select coalesce(b.public_id, '?'), coalesce(r.unit, c.unit) || ' at '
       || coalesce(r.slot_at, c.slot_at) || ': the slot says ' || coalesce(r.quantity, 0)
       || ', there are ' || coalesce(c.quantity, 0)
from metering_rollup r full join counted c using (bot_id, slot_at, unit, channel_id)
left join people_bot b on b.id = bot_id
where coalesce(r.quantity, 0) <> coalesce(c.quantity, 0);

-- name: rollups_match_transfers
-- The roll-ups' credit, paid and free, is what the transfers of their charges moved.
with moved as (
  select c.bot_id, c.slot_at, c.unit,
    sum(case when a.kind = 'charged_paid' then t.amount_micro else 0 end
        * case t.fact when 'usage_charged' then 1 else -1 end) as paid,
    sum(case when a.kind = 'charged_free' then t.amount_micro else 0 end
        * case t.fact when 'usage_charged' then 1 else -1 end) as free
  from ledger_transfer t join wallets_charge c on c.id = t.charge_id
  join ledger_account a on a.id = case t.fact when 'usage_charged' then t.credit_id
                                  else t.debit_id end
  group by 1, 2, 3),
slots as (
  select bot_id, slot_at, unit, sum(paid_micro) as paid, sum(free_micro) as free
  from metering_rollup group by 1, 2, 3)
select coalesce(b.public_id, '?'), unit || ' at ' || slot_at || ': the slot says paid '
       || coalesce(s.paid, 0) || ', free ' || coalesce(s.free, 0) || '; transfers say '
       || coalesce(m.paid, 0) || ', ' || coalesce(m.free, 0)
from slots s full join moved m using (bot_id, slot_at, unit)
left join people_bot b on b.id = bot_id
where coalesce(s.paid, 0) <> coalesce(m.paid, 0) or coalesce(s.free, 0) <> coalesce(m.free, 0);

-- name: days_match_slots
-- The roll-ups of days are those of the slots that lie in them.
with slots as (
  select r.bot_id, (r.slot_at at time zone k.time_zone)::date as day, r.unit, r.channel_id,
         sum(r.quantity) as quantity, sum(r.paid_micro) as paid, sum(r.free_micro) as free
  from metering_rollup r join people_bot b on b.id = r.bot_id
  join people_workspace k on k.id = b.workspace_id group by 1, 2, 3, 4)
select coalesce(b.public_id, '?'), coalesce(d.unit, s.unit) || ' on ' || coalesce(d.day, s.day)
       || ': the day says ' || coalesce(d.quantity, 0) || ', ' || coalesce(d.paid_micro, 0)
       || ', ' || coalesce(d.free_micro, 0) || '; its slots say ' || coalesce(s.quantity, 0)
       || ', ' || coalesce(s.paid, 0) || ', ' || coalesce(s.free, 0)
from metering_dayrollup d full join slots s using (bot_id, day, unit, channel_id)
left join people_bot b on b.id = bot_id
where (coalesce(d.quantity, 0), coalesce(d.paid_micro, 0), coalesce(d.free_micro, 0))
      is distinct from (coalesce(s.quantity, 0), coalesce(s.paid, 0), coalesce(s.free, 0));

-- name: workspaces_match_bots
-- The roll-ups of all bots together, of slots and of days, are those of the workspace's bots.
with bots as (
  select b.workspace_id, r.slot_at::text as start, r.unit, r.channel_id,
         sum(r.quantity) as quantity, sum(r.paid_micro) as paid, sum(r.free_micro) as free
  from metering_rollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4
  union all
  select b.workspace_id, r.day::text, r.unit, r.channel_id,
         sum(r.quantity), sum(r.paid_micro), sum(r.free_micro)
  from metering_dayrollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4),
together as (
  select workspace_id, slot_at::text as start, unit, channel_id, quantity, paid_micro as paid,
         free_micro as free
  from metering_workspacerollup
  union all
  select workspace_id, day::text, unit, channel_id, quantity, paid_micro, free_micro
  from metering_workspaceday)
select k.public_id, unit || ' at ' || start || ': together ' || coalesce(t.quantity, 0) || ', '
       || coalesce(t.paid, 0) || ', ' || coalesce(t.free, 0) || '; the bots say '
       || coalesce(b.quantity, 0) || ', ' || coalesce(b.paid, 0) || ', ' || coalesce(b.free, 0)
from together t full join bots b using (workspace_id, start, unit, channel_id)
join people_workspace k on k.id = workspace_id
where (coalesce(t.quantity, 0), coalesce(t.paid, 0), coalesce(t.free, 0))
      is distinct from (coalesce(b.quantity, 0), coalesce(b.paid, 0), coalesce(b.free, 0));

-- name: units_charged
-- Units that are not sessions are charged as often as they were delivered: to a plan (what that
-- comes to, `tallies_match_charges` proves) or at the price of their quarter of an hour, each unit
-- rounded to millionths; where there is no price, nothing is.
with planned as (
  select s.bot_id, h.start_at, h.end_at, u.unit
  from subscriptions_phase h join subscriptions_subscription s on s.id = h.subscription_id
  join catalog_offerversion v on v.id = h.version_id
  cross join lateral jsonb_object_keys(coalesce(v.terms -> 'usage', '{}')) as u (unit)),
delivered as (
  select r.bot_id, r.unit, r.slot_at, sum(r.quantity) as quantity,
         (select p.amount from catalog_price p where p.unit = r.unit and p.from_at <= r.slot_at
          order by p.from_at desc limit 1) as price,
         exists (select from planned h where h.bot_id = r.bot_id and h.unit = r.unit::text
                 and h.start_at <= r.slot_at and (h.end_at is null or r.slot_at < h.end_at))
           as is_planned
  from metering_rollup r join people_bot b on b.id = r.bot_id
  where r.unit in ('api_session', 'alert', 'notification')
    and not contracts_cover(b.workspace_id, r.slot_at) group by 1, 2, 3),
due as (
  select bot_id, unit, slot_at, is_planned,
         case when is_planned or price > 0 then quantity else 0 end as quantity,
         coalesce(round(price * 1000000), 0) * quantity as amount
  from delivered),
charged as (
  select c.bot_id, c.unit, c.slot_at, sum(c.quantity) as quantity, sum(c.amount_micro) as amount,
         bool_and(c.price_id is null) as is_planned
  from wallets_charge c join people_bot b on b.id = c.bot_id
  where c.session_id is null and c.unit in ('api_session', 'alert', 'notification')
    and not contracts_cover(b.workspace_id, c.slot_at)
  group by 1, 2, 3)
select b.public_id, unit || ' at ' || slot_at || ': due are ' || coalesce(d.amount, 0) || ' for '
       || coalesce(d.quantity, 0) || ', charged ' || coalesce(c.amount, 0) || ' for '
       || coalesce(c.quantity, 0)
from due d full join charged c using (bot_id, unit, slot_at) join people_bot b on b.id = bot_id
where coalesce(c.quantity, 0) <> coalesce(d.quantity, 0)
   or (not coalesce(d.is_planned, false) and coalesce(c.amount, 0) <> coalesce(d.amount, 0))
   or (c.is_planned is not null and c.is_planned <> coalesce(d.is_planned, false));

-- name: events_accounted_for
-- Every event that was accepted is stored once, in the table or a file, or was told to be a repeat.
with stored as (
  select workspace_id, sum(events) as events
  from (select b.workspace_id, count(*) as events from metering_event e
        join metering_thread t on t.id = e.thread_id join people_bot b on b.id = t.bot_id group by 1
        union all select workspace_id, dropped_count from metering_archive) held
  group by 1),
accepted as (
  select workspace_id, sum(stored_count) as events from metering_eventbatch
  where done_at is not null group by 1)
select k.public_id, coalesce(a.events, 0) || ' events were accepted and new, '
       || coalesce(s.events, 0) || ' are stored'
from people_workspace k left join stored s on s.workspace_id = k.id
left join accepted a on a.workspace_id = k.id
where coalesce(a.events, 0) <> coalesce(s.events, 0);

-- name: draws_match_transfers
-- What a wallet says its bot has drawn of each lot, and as debt, is what its transfers moved.
with moved as (
  select a.bot_id, t.lot,
         sum(case t.fact when 'usage_charged' then t.amount_micro else -t.amount_micro end)
           as amount
  from (select *, coalesce(lot_id, 0) as lot from ledger_transfer) t join ledger_account a
    on a.id = case t.fact when 'usage_charged' then t.credit_id else t.debit_id end
  where t.fact in ('usage_charged', 'usage_withdrawn') group by 1, 2
  having sum(case t.fact when 'usage_charged' then t.amount_micro else -t.amount_micro end) <> 0),
told as (
  select w.bot_id, coalesce((d ->> 0)::bigint, 0) as lot, sum((d ->> 1)::bigint) as amount
  from wallets_wallet w, jsonb_array_elements(w.drawn) d group by 1, 2)
select distinct b.public_id, 'of lot ' || coalesce(t.lot, m.lot) || ' the wallet says '
       || coalesce(t.amount, 0) || ', transfers say ' || coalesce(m.amount, 0)
from told t full join moved m
  on m.bot_id = t.bot_id and m.lot = t.lot
join people_bot b on b.id = coalesce(t.bot_id, m.bot_id)
where coalesce(t.amount, 0) <> coalesce(m.amount, 0);

-- name: charges_and_prices_are_locked
-- PostgreSQL still refuses to change charges, prices, what was sold, agreed and stated, and by
-- whom, as it does for transfers.
select t.name, count(g.oid)::text || ' of 2 guards are on'
from (values ('wallets_charge', 'charge'), ('catalog_price', 'price'),
             ('catalog_offerversion', 'offer_version'), ('catalog_publication', 'publication'),
             ('subscriptions_seatcharge', 'seat_charge'),
             ('contracts_contractprice', 'contract_price'), ('contracts_statement', 'statement'),
             ('contracts_statementline', 'statement_line'), ('billing_seller', 'seller'),
             ('billing_billingprofile', 'billing_profile'), ('billing_taxrates', 'tax_rates'),
             ('billing_rechargeterms', 'recharge_terms'), ('billing_fundsterms', 'funds_terms'))
     as t (name, guard)
left join (pg_trigger g join pg_proc p on p.oid = g.tgfoid
           and p.prosrc ilike '%%raise exception%%')
  on g.tgrelid = t.name::regclass and g.tgenabled in ('O', 'A') and g.tgqual is null
  and (g.tgname, g.tgtype) in ((t.guard || '_append_only', 27), (t.guard || '_no_truncate', 34))
group by t.name having count(g.oid) <> 2;

-- name: publications_name_versions
-- A publication names offer versions that there are, and none of its offers twice.
with named as (
  select p.number, v.id::bigint as id, o.key
  from catalog_publication p cross join jsonb_array_elements_text(p.versions) as v (id)
  left join catalog_offerversion o on o.id = v.id::bigint)
select number::text, 'publication names version ' || id || ', which is not there'
from named where key is null
union all
select number::text, 'publication names ' || key || ' ' || count(*) || ' times'
from named where key is not null group by number, key having count(*) > 1;

-- name: expiries_match_lots
-- Pools and wallets know when the next of their lots with something left expires.
with next as (
  select workspace_id, bot_id, min(expires_at) as expires_at from wallets_lot
  where remaining_micro > 0 group by 1, 2)
select k.public_id, 'pool says that credit expires at ' || coalesce(p.expires_at::text, 'no time')
       || ', lots say ' || coalesce(n.expires_at::text, 'never')
from wallets_pool p join people_workspace k on k.id = p.workspace_id
left join next n on n.workspace_id = p.workspace_id and n.bot_id is null
where p.expires_at is distinct from n.expires_at
union all
select b.public_id, 'wallet says that credit expires at '
       || coalesce(w.paid_expires_at::text, 'no time') || ', lots say '
       || coalesce(n.expires_at::text, 'never')
from wallets_wallet w join people_bot b on b.id = w.bot_id
left join next n on n.bot_id = w.bot_id
where w.paid_expires_at is distinct from n.expires_at;

-- name: charges_name_their_price
-- A session's charge, and what gives it back, name the price version in force at its start.
select c.id::text, c.unit || ' at ' || s.start_at || ' names price '
       || c.price_id || ', in force was ' || coalesce(p.id::text, 'none')
from wallets_charge c join metering_session s on s.id = c.session_id
left join lateral (
  select id from catalog_price where unit = s.unit and from_at <= s.start_at
  order by from_at desc limit 1) p on true
where c.price_id is not null and c.price_id is distinct from p.id;

-- name: channels_match_transfers
-- The roll-ups' credit of sessions is what transfers moved for the sessions of each channel, and
-- (by none) for corrections of what a plan's month costs.
with moved as (
  select c.bot_id, c.slot_at, c.unit, coalesce(s.channel_id, 0) as channel_id,
    sum(case when a.kind = 'charged_paid' then t.amount_micro else 0 end
        * case t.fact when 'usage_charged' then 1 else -1 end) as paid,
    sum(case when a.kind = 'charged_free' then t.amount_micro else 0 end
        * case t.fact when 'usage_charged' then 1 else -1 end) as free
  from ledger_transfer t join wallets_charge c on c.id = t.charge_id
    and c.unit in ('billing_session', 'voice_session')
  left join metering_session s on s.id = c.session_id
  join ledger_account a on a.id = case t.fact when 'usage_charged' then t.credit_id
                                  else t.debit_id end
  group by 1, 2, 3, 4),
slots as (
  select bot_id, slot_at, unit, channel_id, paid_micro as paid, free_micro as free
  from metering_rollup where unit in ('billing_session', 'voice_session'))
select coalesce(b.public_id, '?'), unit || ' at ' || slot_at || ' by channel ' || channel_id
       || ': the slot says paid ' || coalesce(s.paid, 0) || ', free ' || coalesce(s.free, 0)
       || '; transfers say ' || coalesce(m.paid, 0) || ', ' || coalesce(m.free, 0)
from slots s full join moved m using (bot_id, slot_at, unit, channel_id)
left join people_bot b on b.id = bot_id
where coalesce(s.paid, 0) <> coalesce(m.paid, 0) or coalesce(s.free, 0) <> coalesce(m.free, 0);

-- name: corrections_match_sessions
-- What stood before a correction, less what it took back, plus what it made, stood after it.
select r.id::text, 'says ' || r.before || ' before and ' || r.after || ' after, took back '
       || coalesce(w.sessions, 0) || ' and made ' || coalesce(m.sessions, 0)
from metering_correction r
left join (select withdrawn_by_id as id, count(*) as sessions from metering_session
           where withdrawn_by_id is not null group by 1) w on w.id = r.id
left join (select made_by_id as id, count(*) as sessions from metering_session
           where made_by_id is not null group by 1) m on m.id = r.id
where r.before - coalesce(w.sessions, 0) + coalesce(m.sessions, 0) <> r.after
   or coalesce(w.sessions, 0) > r.before or coalesce(m.sessions, 0) > r.after;

-- name: tallies_match_charges
-- What a tally has counted and what it was charged is what its charges say; each charge without a
-- price counts to one, and no other does.
with charged as (
  select n.tally_id, sum(c.quantity) as quantity, sum(c.amount_micro) as amount
  from wallets_talliedcharge n join wallets_charge c on c.id = n.charge_id group by 1)
select t.id::text, 'has ' || t.quantity || ' for ' || t.amount_micro || ', its charges say '
       || coalesce(c.quantity, 0) || ' for ' || coalesce(c.amount, 0)
from wallets_tally t left join charged c on c.tally_id = t.id
where t.quantity <> coalesce(c.quantity, 0) or t.amount_micro <> coalesce(c.amount, 0)
union all
select c.id::text, case when n.charge_id is null then 'has no price and counts to no tally'
                        else 'has a price and counts to a tally too' end
from wallets_charge c left join wallets_talliedcharge n on n.charge_id = c.id
where (c.price_id is null) <> (n.charge_id is not null)
union all
select n.charge_id::text, 'counts to a tally, but there is no such charge'
from wallets_talliedcharge n left join wallets_charge c on c.id = n.charge_id where c.id is null;

-- name: phases_follow_each_other
-- The phases of a subscription do not overlap.
select s.public_id, 'two phases hold from ' || b.start_at
from subscriptions_phase a join subscriptions_phase b
  on b.subscription_id = a.subscription_id and b.start_at > a.start_at
     and (a.end_at is null or b.start_at < a.end_at)
join subscriptions_subscription s on s.id = a.subscription_id;

-- name: seat_charges_posted
-- What a month of seats was charged are its charges, whose transfers sum to them and move the
-- credit of its bot; credit pays for no usage that neither a charge nor a month of seats names.
with posted as (
  select n.id, sum(case t.fact when 'usage_charged' then t.amount_micro else -t.amount_micro end)
           as amount, bool_and(d.bot_id = s.bot_id or k.bot_id = s.bot_id) as is_own
  from subscriptions_seatcharge n join subscriptions_seatmonth m on m.id = n.month_id
  join subscriptions_subscription s on s.id = m.subscription_id
  cross join unnest(n.transfers) as u (key)
  join ledger_transfer t on t.idempotency_key = u.key
  join ledger_account d on d.id = t.debit_id join ledger_account k on k.id = t.credit_id
  group by 1)
select 'smo_' || m.id, 'has come to ' || m.amount_micro || ', its charges to '
       || coalesce(sum(n.amount_micro), 0)
from subscriptions_seatmonth m left join subscriptions_seatcharge n on n.month_id = m.id
group by m.id having m.amount_micro <> coalesce(sum(n.amount_micro), 0)
union all
select 'smo_' || n.month_id, 'charge ' || n.number || ' of ' || n.amount_micro
       || ', transfers of ' || coalesce(p.amount, 0)
       || case when p.is_own then '' else ', not all with the credit of its bot' end
from subscriptions_seatcharge n left join posted p on p.id = n.id
where n.amount_micro <> coalesce(p.amount, 0) or p.is_own is distinct from true
union all
select t.id::text, 'pays for usage, and neither a charge nor a month of seats names it'
from ledger_transfer t
where t.idempotency_key is not null and t.fact in ('usage_charged', 'usage_withdrawn')
  and not exists (
    select from subscriptions_seatcharge n where t.idempotency_key = any(n.transfers));
