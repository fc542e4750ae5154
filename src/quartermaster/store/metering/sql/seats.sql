-- name: drop_seat_peaks
-- Peaks that are worked out again.
delete from metering_seatpeak
where bot_id = %(bot)s and product = %(product)s and hour_at >= %(start)s and hour_at < %(end)s;

-- name: save_seat_peaks
-- The peak of each hour in which somebody was present.
insert into metering_seatpeak (bot_id, product, hour_at, agents)
select %(bot)s, %(product)s, hour, agents
from unnest(%(hours)s::timestamptz[], %(agents)s::int[]) as t (hour, agents);

-- name: peaks
-- The largest peaks of all the workspace's bots together, grouped.
select case %(by)s when 'product' then product
         when 'hour' then to_char(slot_at at time zone %(zone)s, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(slot_at at time zone %(zone)s, 'YYYY-MM-DD')
         when 'month' then to_char(slot_at at time zone %(zone)s, 'YYYY-MM') else '' end,
       max(agents)
from metering_agentpeak
where workspace_id = %(workspace)s and (%(product)s::text is null or product = %(product)s)
  and slot_at >= %(start)s and slot_at < %(end)s and %(bot)s::bigint is null
group by 1 order by 1;

-- name: bot_peaks
-- The largest peaks of single bots, grouped.
select case %(by)s when 'bot' then b.name when 'product' then p.product
         when 'hour' then to_char(p.local, 'YYYY-MM-DD HH24:00')
         when 'day' then to_char(p.local, 'YYYY-MM-DD')
         when 'month' then to_char(p.local, 'YYYY-MM') else '' end,
       max(p.agents)
from people_bot b join (
  select *, greatest(hour_at, %(start)s) at time zone %(zone)s as local from metering_seatpeak) p
  on p.bot_id = b.id
where b.workspace_id = %(workspace)s and (%(bot)s::bigint is null or b.id = %(bot)s)
  and (%(product)s::text is null or p.product = %(product)s)
  and p.hour_at > %(start)s::timestamptz - interval '1 hour' and p.hour_at < %(end)s
group by 1 order by 1;

-- name: drop_agent_peaks
-- Peaks of all the workspace's bots together that are worked out again.
delete from metering_agentpeak
where workspace_id = %(workspace)s and product = %(product)s
  and slot_at >= %(start)s and slot_at < %(end)s;

-- name: save_agent_peaks
-- The peak of each quarter of an hour in which somebody was present.
insert into metering_agentpeak (workspace_id, product, slot_at, agents)
select %(workspace)s, %(product)s, slot, agents
from unnest(%(slots)s::timestamptz[], %(agents)s::int[]) as t (slot, agents);
