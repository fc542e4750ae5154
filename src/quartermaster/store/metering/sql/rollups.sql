-- name: add_to_rollups
-- Adds to the figures of slots.
insert into metering_rollup as r
  (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select * from unnest(%(bots)s::bigint[], %(slots)s::timestamptz[], %(units)s::usage_unit[],
                     %(channels)s::bigint[], %(quantities)s::bigint[], %(paid)s::bigint[],
                     %(free)s::bigint[])
on conflict (bot_id, slot_at, unit, channel_id) do update set
  quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
  free_micro = r.free_micro + excluded.free_micro;

-- name: usage
-- Units and credit of a workspace's roll-ups in a period, grouped. What falls together is added up
-- before names and local times are made of it, once a group and not once a row.
with slots as materialized (
  select case when %(by)s = 'bot' then r.bot_id when %(by)s = 'channel' then r.channel_id end as id,
         case when %(by)s not in ('bot', 'channel') then r.slot_at end as slot_at,
         r.unit, sum(r.quantity) as quantity, sum(r.paid_micro) as paid, sum(r.free_micro) as free
  from metering_rollup r join people_bot b on b.id = r.bot_id
  where b.workspace_id = %(workspace)s and r.slot_at >= %(start)s and r.slot_at < %(end)s
  group by 1, 2, 3)
select case %(by)s
         when 'bot' then (select name from people_bot where id = s.id)
         when 'channel' then coalesce((select name from metering_channel where id = s.id), '-')
         when 'hour' then to_char(s.slot_at at time zone %(zone)s, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(s.slot_at at time zone %(zone)s, 'YYYY-MM-DD')
         else to_char(s.slot_at at time zone %(zone)s, 'YYYY-MM') end as grouped,
       s.unit::text, sum(s.quantity)::bigint, sum(s.paid)::bigint, sum(s.free)::bigint
from slots s
group by 1, 2 having sum(s.quantity) <> 0 or sum(s.paid) <> 0 or sum(s.free) <> 0
order by 1, 2;

-- name: totals
-- What a workspace's messages have come to.
select
  (select count(*) from metering_event e join metering_thread t on t.id = e.thread_id
   join people_bot b on b.id = t.bot_id
   where b.workspace_id = %(workspace)s and (e.kind between 2 and 4 or e.kind > 30)),
  coalesce(sum(r.quantity), 0)::bigint, coalesce(sum(r.paid_micro + r.free_micro), 0)::bigint
from metering_rollup r join people_bot b on b.id = r.bot_id
where b.workspace_id = %(workspace)s and r.unit = 'billing_session';
