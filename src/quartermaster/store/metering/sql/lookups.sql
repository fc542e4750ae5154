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

-- name: sessions
-- The standing sessions of bots that begin in a period, the first ones.
select s.id, b.name, s.unit::text, s.start_at, t.conversation, t."user", h.name
from metering_session s join people_bot b on b.id = s.bot_id
join metering_thread t on t.id = s.thread_id left join metering_channel h on h.id = s.channel_id
where s.bot_id = any(%(bots)s::bigint[]) and s.withdrawn_by_id is null
  and s.start_at >= %(start)s and s.start_at < %(end)s
order by s.start_at, s.id limit %(limit)s;
