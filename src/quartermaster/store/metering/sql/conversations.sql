-- name: latest_conversations
-- The state of each thread that has a conversation: its latest one.
select string_agg(
  int8send(w.place) || timestamptz_send(c.start_at)
  || coalesce(timestamptz_send(c.anchor_at), int8send((-9223372036854775808)::bigint))
  || timestamptz_send(c.end_at) || timestamptz_send(c.seen_at)
  || int4send(c.block) || int4send(c.voice_block) || int4send(c.messages)
  || boolsend(c.is_transferred) || boolsend(c.is_closed) || boolsend(c.is_pending), ''::bytea)
from unnest(%(threads)s::bigint[]) with ordinality as w (thread, place)
cross join lateral (
  select * from metering_conversation c
  where c.thread_id = w.thread order by c.start_at desc limit 1) c;

-- name: conversations_before
-- For each thread and instant the conversation that began last by then: where a re-cut begins.
select string_agg(int8send(w.place) || timestamptz_send(c.start_at)
                  || boolsend(c.is_transferred_at_start), ''::bytea)
from unnest(%(threads)s::bigint[], %(times)s::timestamptz[]) with ordinality
  as w (thread, at, place)
cross join lateral (
  select start_at, is_transferred_at_start from metering_conversation c
  where c.thread_id = w.thread and c.start_at <= w.at order by c.start_at desc limit 1) c;

-- name: drop_conversations
-- Takes out the conversations that a re-cut replaces.
delete from metering_conversation c
using unnest(%(threads)s::bigint[], %(since)s::timestamptz[]) as w (thread, since)
where c.thread_id = w.thread and c.start_at >= w.since;

-- name: save_conversations
-- New conversations, and continued ones brought up to date.
insert into metering_conversation as c
  (thread_id, start_at, end_at, anchor_at, seen_at, messages, block, voice_block,
   is_transferred_at_start, is_transferred, is_closed, is_pending)
select * from unnest(
  %(threads)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
  %(anchors)s::timestamptz[], %(seen)s::timestamptz[], %(messages)s::int[], %(blocks)s::int[],
  %(voice_blocks)s::int[], %(transferred_at_start)s::bool[], %(transferred)s::bool[],
  %(closed)s::bool[], %(pending)s::bool[])
on conflict (thread_id, start_at) do update set
  end_at = excluded.end_at, anchor_at = excluded.anchor_at, seen_at = excluded.seen_at,
  messages = excluded.messages, block = excluded.block, voice_block = excluded.voice_block,
  is_transferred = excluded.is_transferred, is_closed = excluded.is_closed,
  is_pending = excluded.is_pending;

-- name: save_states
-- Threads in which only controls came: the latest conversation's state, nothing else.
update metering_conversation c
set seen_at = t.seen, is_transferred = t.transferred, is_closed = t.closed, is_pending = t.pending
from unnest(%(threads)s::bigint[], %(starts)s::timestamptz[], %(seen)s::timestamptz[],
            %(transferred)s::bool[], %(closed)s::bool[], %(pending)s::bool[])
  as t (thread, start_at, seen, transferred, closed, pending)
where c.thread_id = t.thread and c.start_at = t.start_at;

-- name: standing_sessions
-- The sessions of threads from an instant each that no correction has taken back.
select string_agg(int8send(w.place) || int8send(s.id) || timestamptz_send(s.start_at)
                  || timestamptz_send(s.conversation_start_at)
                  || boolsend(s.unit = 'voice_session') || int8send(coalesce(s.channel_id, 0)),
                  ''::bytea)
from unnest(%(threads)s::bigint[], %(since)s::timestamptz[]) with ordinality
  as w (thread, since, place)
join metering_session s on s.thread_id = w.thread and s.start_at >= w.since
where s.withdrawn_by_id is null;

-- name: insert_corrections
-- Late events changed these threads.
insert into metering_correction (id, thread_id, from_at, before, after, at)
select id, thread, since, before, after, %(at)s
from unnest(%(ids)s::bigint[], %(threads)s::bigint[], %(since)s::timestamptz[],
            %(before)s::int[], %(after)s::int[]) as t (id, thread, since, before, after);

-- name: withdraw_sessions
-- A correction took these back.
update metering_session s set withdrawn_by_id = t.correction
from unnest(%(sessions)s::bigint[], %(corrections)s::bigint[]) as t (id, correction)
where s.id = t.id and s.withdrawn_by_id is null;

-- name: move_sessions
-- The session stands as it was, in a conversation that now begins at another instant.
update metering_session s set conversation_start_at = t.start_at
from unnest(%(sessions)s::bigint[], %(starts)s::timestamptz[]) as t (id, start_at)
where s.id = t.id;

-- name: insert_sessions
-- New sessions.
insert into metering_session
  (id, bot_id, thread_id, conversation_start_at, unit, start_at, channel_id, made_by_id)
select id, bot, thread, conversation, case when voice then 'voice_session' else 'billing_session'
       end, start_at, nullif(channel, 0), nullif(correction, 0)
from unnest(%(ids)s::bigint[], %(bots)s::bigint[], %(threads)s::bigint[],
            %(conversations)s::timestamptz[], %(voice)s::bool[], %(starts)s::timestamptz[],
            %(channels)s::bigint[], %(corrections)s::bigint[])
  as t (id, bot, thread, conversation, voice, start_at, channel, correction);

-- name: add_to_rollups
-- Adds to the figures of slots.
insert into metering_rollup as r
  (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select * from unnest(%(bots)s::bigint[], %(slots)s::timestamptz[], %(units)s::text[],
                     %(channels)s::bigint[], %(quantities)s::bigint[], %(paid)s::bigint[],
                     %(free)s::bigint[])
order by 1, 2, 3, 4
on conflict (bot_id, slot_at, unit, channel_id) do update set
  quantity = r.quantity + excluded.quantity, paid_micro = r.paid_micro + excluded.paid_micro,
  free_micro = r.free_micro + excluded.free_micro;

-- name: drop_seat_peaks
-- Peaks that are worked out again.
delete from metering_seatpeak
where bot_id = %(bot)s and product = %(product)s and hour_at >= %(start)s and hour_at < %(end)s;

-- name: save_seat_peaks
-- The peak of each hour in which somebody was present.
insert into metering_seatpeak (bot_id, product, hour_at, agents)
select %(bot)s, %(product)s, hour, agents
from unnest(%(hours)s::timestamptz[], %(agents)s::int[]) as t (hour, agents);

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
       s.unit, sum(s.quantity)::bigint, sum(s.paid)::bigint, sum(s.free)::bigint
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

-- name: stored_conversations
-- All conversations of threads.
select string_agg(int8send(w.place) || timestamptz_send(c.start_at) || timestamptz_send(c.end_at)
                  || coalesce(timestamptz_send(c.anchor_at),
                              int8send((-9223372036854775808)::bigint))
                  || int4send(c.messages), ''::bytea)
from unnest(%(threads)s::bigint[]) with ordinality as w (thread, place)
join metering_conversation c on c.thread_id = w.thread;
