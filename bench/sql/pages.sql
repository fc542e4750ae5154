-- name: threads
-- One for each user: of a bot, in one of three channels.
insert into metering_thread (id, key, bot_id, kind, "user", is_steering)
select n, md5('thread ' || n)::uuid, (%(bots)s::bigint[])[1 + n %% cardinality(%(bots)s)], 2,
       'user-' || n, false
from generate_series(1, %(threads)s::int) n;

-- name: sessions
-- So many in order of time, evenly over a year up to an instant, each of the next user.
insert into metering_session
  (id, bot_id, thread_id, conversation_start_at, unit, start_at, channel_id)
select n, (%(bots)s::bigint[])[1 + t %% cardinality(%(bots)s)], t, at, 'billing_session', at,
       (%(channels)s::int[])[1 + t %% 3]
from (select n, 1 + n %% %(threads)s::int as t,
             %(end)s - (%(sessions)s::int - n) * interval '365 days' / %(sessions)s::int as at
      from generate_series(1, %(sessions)s::int) n) made;

-- name: conversations
-- One for each session.
insert into metering_conversation
  (thread_id, start_at, end_at, anchor_at, seen_at, messages, block, voice_block,
   is_transferred_at_start, is_transferred, is_closed, is_pending)
select thread_id, start_at, start_at + interval '9 minutes', start_at, start_at, 8, 0, -1,
       false, false, false, false
from metering_session order by id;

-- name: events
-- The first message of each of the latest sessions.
insert into metering_event (key, content, thread_id, at, channel_id, kind)
select md5('event ' || id)::uuid, id, thread_id, start_at, channel_id, 2
from metering_session where id > %(sessions)s::int - 100000;

-- name: charges
-- One for each session, with its number.
insert into wallets_charge
  (id, bot_id, unit, session_id, slot_at, quantity, price_id, amount_micro, at)
select s.id, s.bot_id, s.unit, s.id, date_bin('15 minutes', s.start_at, 'epoch'), 1,
       (select max(id) from catalog_price where unit = 'billing_session'), 200000, s.start_at
from metering_session s order by s.id;

-- name: transfers
-- One for each charge: half of the bots draw on their wallet, the others on the pool.
insert into ledger_transfer
  (debit_id, credit_id, amount_micro, lot_id, charge_id, part, at, fact)
select case when c.bot_id %% 2 = 0 then w.id else o.id end,
       case when c.bot_id %% 2 = 0 then p.id else f.id end,
       c.amount_micro, (select min(id) from wallets_lot), c.id, 1, c.at, 'usage_charged'
from wallets_charge c join people_bot b on b.id = c.bot_id
join ledger_account w on w.bot_id = c.bot_id and w.kind = 'wallet'
join ledger_account p on p.bot_id = c.bot_id and p.kind = 'charged_paid'
join ledger_account f on f.bot_id = c.bot_id and f.kind = 'charged_free'
join ledger_account o on o.workspace_id = b.workspace_id and o.kind = 'pool'
order by c.id;

-- name: slots
-- The figures of quarters of an hour, in order of time, as the meter writes them.
insert into metering_rollup (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select s.bot_id, c.slot_at, s.unit, s.channel_id, count(*),
       sum(case when s.bot_id %% 2 = 0 then c.amount_micro else 0 end),
       sum(case when s.bot_id %% 2 = 0 then 0 else c.amount_micro end)
from metering_session s join wallets_charge c on c.id = s.id group by 1, 2, 3, 4 order by 2;

-- name: days
-- And of days.
insert into metering_dayrollup (bot_id, day, unit, channel_id, quantity, paid_micro, free_micro)
select bot_id, (slot_at at time zone 'UTC')::date, unit, channel_id, sum(quantity),
       sum(paid_micro), sum(free_micro)
from metering_rollup group by 1, 2, 3, 4 order by 2;

-- name: slots_together
-- And of all bots together.
insert into metering_workspacerollup
  (workspace_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select b.workspace_id, r.slot_at, r.unit, r.channel_id, sum(r.quantity), sum(r.paid_micro),
       sum(r.free_micro)
from metering_rollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4;

-- name: days_together
-- And of those by day.
insert into metering_workspaceday
  (workspace_id, day, unit, channel_id, quantity, paid_micro, free_micro)
select b.workspace_id, r.day, r.unit, r.channel_id, sum(r.quantity), sum(r.paid_micro),
       sum(r.free_micro)
from metering_dayrollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4;

-- name: agents
-- Two hundred, at a bot each.
insert into metering_thread (id, key, bot_id, kind, product, agent, is_steering)
select %(threads)s::int + n, md5('agent ' || n)::uuid, (%(bots)s::bigint[])[n], 3,
       'contact_center_ai', 'agent-' || n, false
from generate_series(1, 200) n;

-- name: logins
-- Each works eight hours a day.
insert into metering_event (key, content, thread_id, at, kind)
select md5('login ' || n || ' ' || day || ' ' || kind)::uuid, n, %(threads)s::int + n,
       %(end)s - make_interval(days => day, mins => n + case kind when 20 then 480 else 0 end), kind
from generate_series(1, 200) n, generate_series(1, 90) day, unnest(array[20, 21]) kind;

-- name: sequences
-- The meter would go on from here.
select setval('metering_session_id_seq', max(id)), setval('wallets_charge_id_seq', max(id)),
       setval('metering_thread_id_seq', (select max(id) from metering_thread))
from metering_session;
