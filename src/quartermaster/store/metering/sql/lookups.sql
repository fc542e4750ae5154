-- name: session
-- One session with its bot, thread and conversation, if it has not begun elsewhere since.
select s.id, k.public_id, b.public_id, b.name, s.bot_id, s.thread_id, t.conversation, t."user",
       h.name, s.unit::text, s.start_at, c.start_at, c.end_at, c.anchor_at, c.messages, m.at, w.at
from metering_session s
join people_bot b on b.id = s.bot_id join people_workspace k on k.id = b.workspace_id
join metering_thread t on t.id = s.thread_id left join metering_channel h on h.id = s.channel_id
left join metering_conversation c
  on c.thread_id = s.thread_id and c.start_at = s.conversation_start_at
left join metering_correction m on m.id = s.made_by_id
left join metering_correction w on w.id = s.withdrawn_by_id
where s.id = %(session)s;

-- name: recuts
-- The corrections that made or took back a session, with all the sessions that each touched. No
-- index has those that were taken back by thread, but what was said in them lies in one of its
-- conversations: of these times alone are the bot's sessions looked through.
select distinct c.id, c.at, c.from_at, c.before, c.after, s.id, s.start_at, s.unit::text,
       s.made_by_id is not distinct from c.id
from metering_session m
join metering_correction c on c.id = any(array[m.made_by_id, m.withdrawn_by_id])
join metering_conversation k on k.thread_id = m.thread_id
  and k.end_at >= c.from_at - interval '15 minutes' and k.start_at < c.at + interval '1 hour'
cross join lateral (
  select * from metering_session s
  where s.bot_id = m.bot_id and s.thread_id = m.thread_id
    and s.start_at >= k.start_at - interval '15 minutes' and s.start_at <= k.end_at
    and c.id in (s.made_by_id, s.withdrawn_by_id) offset 0) s
where m.id = %(session)s
order by c.id, s.start_at, s.id;

-- name: deliveries
-- When units of a kind came to the thread of a bot's counts, as far as they are in the table.
select e.at from metering_thread t join metering_event e on e.thread_id = t.id
where t.key = any(%(key)s::uuid[]) and e.kind = %(kind)s
  and e.at >= %(start)s and e.at < %(end)s
order by e.at limit %(limit)s;

-- name: sessions
-- The standing sessions of bots that begin in a period, the first ones.
select s.id, b.name, s.unit::text, s.start_at, t.conversation, t."user", h.name
from metering_session s join people_bot b on b.id = s.bot_id
join metering_thread t on t.id = s.thread_id left join metering_channel h on h.id = s.channel_id
where s.bot_id = any(%(bots)s::bigint[]) and s.withdrawn_by_id is null
  and s.start_at >= %(start)s and s.start_at < %(end)s
order by s.start_at, s.id limit %(limit)s;
