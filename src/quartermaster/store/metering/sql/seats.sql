-- name: save_seat_peaks
-- A bot's hours in which somebody was present, as they have been worked out: rows that say so
-- already are not written.
with found as (select * from unnest(%(ats)s::timestamptz[], %(agents)s::int[]) as t (at, agents)),
gone as (
  delete from metering_seatpeak p
  where p.bot_id = %(bot)s and p.product = %(product)s
    and p.hour_at >= %(start)s and p.hour_at < %(end)s
    and not exists (select from found f where f.at = p.hour_at))
insert into metering_seatpeak (bot_id, product, hour_at, agents)
select %(bot)s, %(product)s, f.at, f.agents from found f
where not exists (
  select from metering_seatpeak p
  where p.bot_id = %(bot)s and p.product = %(product)s and p.hour_at = f.at
    and p.agents = f.agents)
on conflict (bot_id, product, hour_at) do update set agents = excluded.agents;

-- name: save_agent_peaks
-- The same of the quarters of an hour of all the workspace's bots together.
with found as (select * from unnest(%(ats)s::timestamptz[], %(agents)s::int[]) as t (at, agents)),
gone as (
  delete from metering_agentpeak p
  where p.workspace_id = %(workspace)s and p.product = %(product)s
    and p.slot_at >= %(start)s and p.slot_at < %(end)s
    and not exists (select from found f where f.at = p.slot_at))
insert into metering_agentpeak (workspace_id, product, slot_at, agents)
select %(workspace)s, %(product)s, f.at, f.agents from found f
where not exists (
  select from metering_agentpeak p
  where p.workspace_id = %(workspace)s and p.product = %(product)s and p.slot_at = f.at
    and p.agents = f.agents)
on conflict (workspace_id, product, slot_at) do update set agents = excluded.agents;

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

-- name: workspaces_without_peaks
-- Workspaces with an hour in which a bot had agents and all bots together have none: those were not
-- kept at first.
select w.id, w.public_id from people_workspace w where w.id in (
  select b.workspace_id from metering_seatpeak p join people_bot b on b.id = p.bot_id
  where not exists (
    select from metering_agentpeak a
    where a.workspace_id = b.workspace_id and a.product = p.product
      and a.slot_at >= p.hour_at and a.slot_at < p.hour_at + interval '1 hour'))
order by w.id;
