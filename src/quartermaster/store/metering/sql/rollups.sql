-- name: add_to_rollups
-- Adds to the figures of slots, and to those of the workspace's local days that they lie in: by
-- bot, and for all of the workspace's bots together.
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
    free_micro = r.free_micro + excluded.free_micro),
together as (
  select b.workspace_id, w.time_zone, a.slot, a.unit, a.channel, sum(a.quantity) as quantity,
         sum(a.paid) as paid, sum(a.free) as free
  from added a join people_bot b on b.id = a.bot join people_workspace w on w.id = b.workspace_id
  group by 1, 2, 3, 4, 5),
slots_together as (
  insert into metering_workspacerollup as r
    (workspace_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
  select workspace_id, slot, unit, channel, quantity, paid, free from together
  on conflict (workspace_id, slot_at, unit, channel_id) do update set
    quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
    free_micro = r.free_micro + excluded.free_micro),
days_together as (
  insert into metering_workspaceday as r
    (workspace_id, day, unit, channel_id, quantity, paid_micro, free_micro)
  select workspace_id, (slot at time zone time_zone)::date, unit, channel,
         sum(quantity), sum(paid), sum(free)
  from together group by 1, 2, 3, 4
  on conflict (workspace_id, day, unit, channel_id) do update set
    quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
    free_micro = r.free_micro + excluded.free_micro)
insert into metering_rollup as r
  (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select * from added
on conflict (bot_id, slot_at, unit, channel_id) do update set
  quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
  free_micro = r.free_micro + excluded.free_micro;

-- name: workspace_usage
-- Units and credit of all the workspace's bots together, grouped: those of whole days from `first`
-- to `last`, and those of slots before and after them. What falls together is added up before names
-- and local times are made of it, once a group and not once a row.
with parts as (
  select channel_id, slot_at at time zone %(zone)s as local, unit, quantity, paid_micro, free_micro
  from metering_workspacerollup
  where workspace_id = %(workspace)s and slot_at >= %(start)s and slot_at < %(head)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)
  union all
  select channel_id, slot_at at time zone %(zone)s, unit, quantity, paid_micro, free_micro
  from metering_workspacerollup
  where workspace_id = %(workspace)s and slot_at >= %(tail)s and slot_at < %(end)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)
  union all
  select channel_id, day::timestamp, unit, quantity, paid_micro, free_micro
  from metering_workspaceday
  where workspace_id = %(workspace)s and day >= %(first)s and day < %(last)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)),
summed as (
  select case %(by)s when 'channel' then channel_id end as id,
         case when %(by)s in ('hour', 'day', 'month') then date_trunc(%(by)s, local) end as local,
         unit, sum(quantity) as quantity, sum(paid_micro) as paid, sum(free_micro) as free
  from parts group by 1, 2, 3)
select case %(by)s
         when 'channel' then coalesce((select name from metering_channel where id = s.id), '')
         when 'hour' then to_char(s.local, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(s.local, 'YYYY-MM-DD')
         else coalesce(to_char(s.local, 'YYYY-MM'), '') end as grouped,
       s.unit::text, sum(s.quantity)::bigint, sum(s.paid)::bigint, sum(s.free)::bigint
from summed s
group by 1, 2 having sum(s.quantity) <> 0 or sum(s.paid) <> 0 or sum(s.free) <> 0
order by 1, 2;

-- name: bot_usage
-- The same of one bot, if it is the workspace's.
with mine as materialized (
  select id from people_bot where id = %(bot)s and workspace_id = %(workspace)s),
parts as (
  select channel_id, slot_at at time zone %(zone)s as local, unit, quantity, paid_micro, free_micro
  from metering_rollup
  where bot_id = (select id from mine) and slot_at >= %(start)s and slot_at < %(head)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)
  union all
  select channel_id, slot_at at time zone %(zone)s, unit, quantity, paid_micro, free_micro
  from metering_rollup
  where bot_id = (select id from mine) and slot_at >= %(tail)s and slot_at < %(end)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)
  union all
  select channel_id, day::timestamp, unit, quantity, paid_micro, free_micro
  from metering_dayrollup
  where bot_id = (select id from mine) and day >= %(first)s and day < %(last)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s)),
summed as (
  select case %(by)s when 'channel' then channel_id end as id,
         case when %(by)s in ('hour', 'day', 'month') then date_trunc(%(by)s, local) end as local,
         unit, sum(quantity) as quantity, sum(paid_micro) as paid, sum(free_micro) as free
  from parts group by 1, 2, 3)
select case %(by)s
         when 'channel' then coalesce((select name from metering_channel where id = s.id), '')
         when 'hour' then to_char(s.local, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(s.local, 'YYYY-MM-DD')
         else coalesce(to_char(s.local, 'YYYY-MM'), '') end as grouped,
       s.unit::text, sum(s.quantity)::bigint, sum(s.paid)::bigint, sum(s.free)::bigint
from summed s
group by 1, 2 having sum(s.quantity) <> 0 or sum(s.paid) <> 0 or sum(s.free) <> 0
order by 1, 2;

-- name: usage_by_bot
-- The same for each bot, or for one: added up in each part first, for there may be many.
with mine as materialized (
  select array_agg(id) as ids from people_bot
  where workspace_id = %(workspace)s and (%(bot)s::bigint is null or id = %(bot)s)),
parts as (
  select bot_id, unit, sum(quantity) as quantity, sum(paid_micro) as paid, sum(free_micro) as free
  from metering_rollup
  where bot_id = any((select ids from mine)::bigint[]) and %(start)s::timestamptz < %(head)s
    and slot_at >= %(start)s and slot_at < %(head)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s) group by 1, 2
  union all
  select bot_id, unit, sum(quantity), sum(paid_micro), sum(free_micro)
  from metering_rollup
  where bot_id = any((select ids from mine)::bigint[]) and %(tail)s::timestamptz < %(end)s
    and slot_at >= %(tail)s and slot_at < %(end)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s) group by 1, 2
  union all
  select bot_id, unit, sum(quantity), sum(paid_micro), sum(free_micro)
  from metering_dayrollup
  where bot_id = any((select ids from mine)::bigint[]) and day >= %(first)s and day < %(last)s
    and (%(channel)s::bigint is null or channel_id = %(channel)s) group by 1, 2)
select b.name, p.unit::text, sum(p.quantity)::bigint, sum(p.paid)::bigint, sum(p.free)::bigint
from parts p join people_bot b on b.id = p.bot_id
group by 1, 2 having sum(p.quantity) <> 0 or sum(p.paid) <> 0 or sum(p.free) <> 0
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

-- name: channels_used
-- The channels that a workspace's bots have been used through since a day.
select name from metering_channel where id in (
  select r.channel_id from people_bot b join metering_dayrollup r on r.bot_id = b.id
  where b.workspace_id = %(workspace)s and r.day >= %(since)s)
order by name;

-- name: last_counted
-- The latest start of a session, or of a slot with other units, from an instant on.
select greatest(
  (select max(start_at) from metering_session where bot_id = %(bot)s and start_at >= %(at)s),
  (select max(slot_at) from metering_rollup
   where bot_id = %(bot)s and slot_at >= %(at)s
     and unit in ('api_session', 'alert', 'notification')));

-- name: usage_of
-- All that a bot has used, by the slot; sessions in slots that something begins or ends in one by
-- one.
select unit::text,
       case when date_bin('15 minutes', start_at, 'epoch') = any(%(edges)s::timestamptz[])
            then start_at else date_bin('15 minutes', start_at, 'epoch') end,
       count(*)
from metering_session
where bot_id = %(bot)s and withdrawn_by_id is null group by 1, 2
union all
select unit::text, slot_at, sum(quantity)::bigint from metering_rollup
where bot_id = %(bot)s and unit in ('api_session', 'alert', 'notification') group by 1, 2;

-- name: busiest_hour
-- The most of a unit that one bot used in an hour, counted in hours from the start of the period.
select coalesce(max(quantity), 0)::bigint from (
  select sum(quantity) as quantity from metering_rollup
  where bot_id = %(bot)s and unit = %(unit)s::usage_unit
    and slot_at >= %(start)s and slot_at < %(end)s
  group by date_bin('1 hour', slot_at, %(start)s)) hours;
