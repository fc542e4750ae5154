-- name: known_events
-- Which of these events are stored already, with the hash of their content.
select uuid_send(key), content from metering_event where key = any(%(keys)s::uuid[]);

-- name: insert_events
-- Events that are new.
insert into metering_event (key, content, thread_id, at, channel_id, kind)
select * from unnest(%(keys)s::uuid[], %(contents)s::bigint[], %(threads)s::bigint[],
                     %(times)s::timestamptz[], %(channels)s::bigint[], %(kinds)s::smallint[]);

-- name: known_threads
-- The threads of these keys that exist.
select uuid_send(key), id, "user" from metering_thread where key = any(%(keys)s::uuid[]);

-- name: insert_threads
-- Threads that are new.
insert into metering_thread
  (id, key, bot_id, kind, conversation, "user", product, agent, device)
select * from unnest(%(ids)s::bigint[], %(keys)s::uuid[], %(bots)s::bigint[],
                     %(kinds)s::smallint[], %(conversations)s::text[], %(users)s::text[],
                     %(products)s::text[], %(agents)s::text[], %(devices)s::text[]);

-- name: name_users
-- A conversation's user became known, or another one wrote: the first in the alphabet stands.
update metering_thread t set "user" = u.name
from unnest(%(threads)s::bigint[], %(users)s::text[]) u (id, name) where t.id = u.id;

-- name: channels
-- All channel names.
select name, id from metering_channel;

-- name: insert_channels
-- Channels seen for the first time, by whichever workspace.
insert into metering_channel (name) select unnest(%(names)s::text[])
on conflict (name) do nothing;

-- name: events_since
-- The messages and controls of threads from an instant each, developer messages left out.
select string_agg(int8send(w.place) || timestamptz_send(e.at) || int8send(coalesce(e.channel_id, 0))
                  || int2send(e.kind), ''::bytea)
from unnest(%(threads)s::bigint[], %(since)s::timestamptz[]) with ordinality
  as w (thread, since, place)
join metering_event e on e.thread_id = w.thread and e.at >= w.since
where e.kind <= 5;

-- name: presence
-- The log-ins and log-outs of a bot's agents for a product, in a period.
select t.agent, coalesce(t.device, ''), e.at, e.kind = 20
from metering_thread t join metering_event e on e.thread_id = t.id
where t.bot_id = any(%(bots)s::bigint[]) and t.product = %(product)s and t.kind = 3
  and e.at >= %(start)s and e.at < %(end)s;

-- name: threads_after
-- Threads of messages, some at a time.
select string_agg(int8send(id) || int8send(bot_id) || int2send(kind) || int4send(inactivity),
                  ''::bytea order by id)
from (select t.id, t.bot_id, t.kind, b.inactivity_seconds as inactivity
      from metering_thread t join people_bot b on b.id = t.bot_id
      where t.kind in (1, 2) and t.id > %(thread)s order by t.id limit %(limit)s) as slice;

-- name: agent_bots
-- The bots of a workspace that agents worked for.
select distinct t.bot_id from metering_thread t join people_bot b on b.id = t.bot_id
where b.workspace_id = %(workspace)s and t.product = %(product)s and t.kind = 3 order by 1;
