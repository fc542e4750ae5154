-- name: session_days
-- How many standing sessions bots have on each of the workspace's local days, the latest first.
select day, sum(quantity)::bigint from metering_dayrollup
where bot_id = any(%(bots)s::bigint[]) and day >= %(first)s and day <= %(last)s
  and unit in ('billing_session', 'voice_session')
  and (%(unit)s::text is null or unit::text = %(unit)s)
  and (%(channel)s::bigint is null or channel_id = %(channel)s)
group by 1 having sum(quantity) > 0 order by 1 desc;

-- name: session_slots
-- How many they have in each quarter of an hour of a period, the latest first.
select slot_at, sum(quantity)::bigint from metering_rollup
where bot_id = any(%(bots)s::bigint[]) and slot_at >= %(start)s and slot_at < %(end)s
  and unit in ('billing_session', 'voice_session')
  and (%(unit)s::text is null or unit::text = %(unit)s)
  and (%(channel)s::bigint is null or channel_id = %(channel)s)
group by 1 having sum(quantity) > 0 order by 1 desc;

-- name: session_page
-- Standing sessions that begin in a period, with what they were charged and who paid: the latest
-- ones before a place in that order. `last` and `corrected` make them those that stood at a moment:
-- the charge of a session outlives its being taken back. They are chosen before anything is looked
-- up for them.
with page as materialized (
  select s.id, s.bot_id, s.thread_id, s.conversation_start_at, s.unit, s.start_at, s.channel_id
  from metering_session s
  where s.bot_id = any(%(bots)s::bigint[]) and s.id <= %(last)s
    and (s.withdrawn_by_id is null or s.withdrawn_by_id > %(corrected)s::bigint)
    and s.start_at >= %(start)s and s.start_at < %(end)s
    and (%(unit)s::text is null or s.unit::text = %(unit)s)
    and (%(channel)s::bigint is null or coalesce(s.channel_id, 0) = %(channel)s)
    and (%(threads)s::bigint[] is null or s.thread_id = any(%(threads)s::bigint[]))
    and (s.start_at, s.id) < (%(before)s, %(before_id)s)
  order by s.start_at desc, s.id desc limit %(limit)s)
select p.id, b.public_id, b.name, h.name, t."user", p.unit::text, t.conversation,
       c.start_at, c.end_at, p.start_at, g.id, coalesce(g.amount_micro, 0), x.paid, x.free
from page p join people_bot b on b.id = p.bot_id
join metering_thread t on t.id = p.thread_id
left join metering_channel h on h.id = p.channel_id
left join metering_conversation c
  on c.thread_id = p.thread_id and c.start_at = p.conversation_start_at
left join wallets_charge g on g.session_id = p.id and g.quantity > 0
left join lateral (
  select coalesce(sum(f.amount_micro) filter (where a.kind <> 'charged_free'), 0)::bigint as paid,
         coalesce(sum(f.amount_micro) filter (where a.kind = 'charged_free'), 0)::bigint as free
  from ledger_transfer f join ledger_account a on a.id = f.credit_id
  where f.charge_id = g.id) x on true
order by p.start_at desc, p.id desc;

-- name: session_moment
-- The highest ids of bots' sessions that begin in a period, and of corrections that took some back.
select coalesce(max(id), 0), coalesce(max(withdrawn_by_id), 0) from metering_session
where bot_id = any(%(bots)s::bigint[]) and start_at >= %(start)s and start_at < %(end)s;

-- name: threads_of
-- The threads of an end user's messages to these bots.
select id from metering_thread
where bot_id = any(%(bots)s::bigint[]) and "user" = %(user)s and kind in (1, 2);
