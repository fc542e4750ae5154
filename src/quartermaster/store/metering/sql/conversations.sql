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

-- name: add_messages
-- Conversations in which more messages lie, and nothing else is different.
update metering_conversation c set messages = c.messages + t.count
from unnest(%(threads)s::bigint[], %(starts)s::timestamptz[], %(counts)s::int[])
  as t (thread, start_at, count)
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

-- name: copy_sessions
-- New sessions.
copy metering_session
  (id, bot_id, thread_id, conversation_start_at, start_at, channel_id, made_by_id, unit)
from stdin (format binary);

-- name: stored_conversations
-- All conversations of threads.
select string_agg(int8send(w.place) || timestamptz_send(c.start_at) || timestamptz_send(c.end_at)
                  || coalesce(timestamptz_send(c.anchor_at),
                              int8send((-9223372036854775808)::bigint))
                  || int4send(c.messages), ''::bytea)
from unnest(%(threads)s::bigint[]) with ordinality as w (thread, place)
join metering_conversation c on c.thread_id = w.thread;
