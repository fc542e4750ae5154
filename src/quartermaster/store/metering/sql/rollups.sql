-- name: add_to_rollups
-- Adds to the figures of slots, and to those of the workspace's local days that they lie in.
with added as (
  select * from unnest(%(bots)s::bigint[], %(slots)s::timestamptz[], %(units)s::usage_unit[],
                       %(channels)s::bigint[], %(quantities)s::bigint[], %(paid)s::bigint[],
                       %(free)s::bigint[]) as t (bot, slot, unit, channel, quantity, paid, free)),
by_day as (
  insert into metering_dayrollup as r
    (bot_id, day, unit, channel_id, quantity, paid_micro, free_micro)
  select a.bot, (a.slot at time zone w.time_zone)::date, a.unit, a.channel,
         sum(a.quantity), sum(a.paid), sum(a.free)
  from added a join people_bot b on b.id = a.bot join people_workspace w on w.id = b.workspace_id
  group by 1, 2, 3, 4
  on conflict (bot_id, day, unit, channel_id) do update set
    quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
    free_micro = r.free_micro + excluded.free_micro)
insert into metering_rollup as r
  (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select * from added
on conflict (bot_id, slot_at, unit, channel_id) do update set
  quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
  free_micro = r.free_micro + excluded.free_micro;

-- name: usage
-- Units and credit of a workspace's roll-ups, grouped: those of whole days from `first` to `last`,
-- and those of slots before and after them. What falls together is added up before names and local
-- times are made of it, once a group and not once a row.
with parts as (
  select r.bot_id, r.channel_id, r.slot_at at time zone %(zone)s as local, r.unit,
         r.quantity, r.paid_micro, r.free_micro
  from people_bot b join metering_rollup r on r.bot_id = b.id
  where b.workspace_id = %(workspace)s and r.slot_at >= %(start)s and r.slot_at < %(head)s
    and (%(bot)s::bigint is null or b.id = %(bot)s)
    and (%(channel)s::bigint is null or r.channel_id = %(channel)s)
  union all
  select r.bot_id, r.channel_id, r.slot_at at time zone %(zone)s, r.unit,
         r.quantity, r.paid_micro, r.free_micro
  from people_bot b join metering_rollup r on r.bot_id = b.id
  where b.workspace_id = %(workspace)s and r.slot_at >= %(tail)s and r.slot_at < %(end)s
    and (%(bot)s::bigint is null or b.id = %(bot)s)
    and (%(channel)s::bigint is null or r.channel_id = %(channel)s)
  union all
  select r.bot_id, r.channel_id, r.day::timestamp, r.unit, r.quantity, r.paid_micro, r.free_micro
  from people_bot b join metering_dayrollup r on r.bot_id = b.id
  where b.workspace_id = %(workspace)s and r.day >= %(first)s and r.day < %(last)s
    and (%(bot)s::bigint is null or b.id = %(bot)s)
    and (%(channel)s::bigint is null or r.channel_id = %(channel)s)),
summed as (
  select case %(by)s when 'bot' then bot_id when 'channel' then channel_id end as id,
         case when %(by)s not in ('bot', 'channel') then local end as local,
         unit, sum(quantity) as quantity, sum(paid_micro) as paid, sum(free_micro) as free
  from parts group by 1, 2, 3)
select case %(by)s
         when 'bot' then (select name from people_bot where id = s.id)
         when 'channel' then coalesce((select name from metering_channel where id = s.id), '-')
         when 'hour' then to_char(s.local, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(s.local, 'YYYY-MM-DD')
         else to_char(s.local, 'YYYY-MM') end as grouped,
       s.unit::text, sum(s.quantity)::bigint, sum(s.paid)::bigint, sum(s.free)::bigint
from summed s
group by 1, 2 having sum(s.quantity) <> 0 or sum(s.paid) <> 0 or sum(s.free) <> 0
order by 1, 2;

-- name: totals
-- What a workspace's messages have come to.
select
  (select count(*) from metering_event e join metering_thread t on t.id = e.thread_id
   join people_bot b on b.id = t.bot_id
   where b.workspace_id = %(workspace)s and (e.kind between 2 and 4 or e.kind > 30))
  + (select coalesce(sum(message_count), 0)::bigint from metering_archive
     where workspace_id = %(workspace)s and dropped_count > 0),
  coalesce(sum(r.quantity), 0)::bigint, coalesce(sum(r.paid_micro + r.free_micro), 0)::bigint
from metering_rollup r join people_bot b on b.id = r.bot_id
where b.workspace_id = %(workspace)s and r.unit = 'billing_session';
