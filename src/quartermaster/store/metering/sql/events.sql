-- name: known_events
-- Which of these events are stored already, with the hash of their content.
select uuid_send(key), content from metering_event where key = any(%(keys)s::uuid[]);

-- name: copy_events
-- Events that are new.
copy metering_event (key, content, thread_id, at, channel_id, kind) from stdin (format binary);

-- name: known_threads
-- The threads of these keys that exist.
select uuid_send(key), id, "user" from metering_thread where key = any(%(keys)s::uuid[]);

-- name: insert_threads
-- Threads that are new.
insert into metering_thread
  (id, key, bot_id, kind, conversation, "user", product, agent, device, is_steering)
select *, false from unnest(%(ids)s::bigint[], %(keys)s::uuid[], %(bots)s::bigint[],
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

-- name: steer
-- These threads have no channel and got controls.
update metering_thread set is_steering = true
where id = any(%(threads)s::bigint[]) and not is_steering;

-- name: steered_by
-- The other threads of messages of the same bot and user as each of these.
select string_agg(int8send(w.place) || int8send(t.id) || int8send(t.bot_id) || int2send(t.kind)
                  || int4send(b.inactivity_seconds), ''::bytea)
from unnest(%(threads)s::bigint[]) with ordinality as w (thread, place)
join metering_thread s on s.id = w.thread
join metering_thread t on t.bot_id = s.bot_id and t."user" = s."user" and t.kind in (1, 2)
                      and t.id <> s.id
join people_bot b on b.id = t.bot_id;

-- name: steered
-- Which of these threads get controls from another one of their bot and user.
select distinct t.id from metering_thread t
join metering_thread s on s.is_steering and s.bot_id = t.bot_id and s."user" = t."user"
                      and s.id <> t.id
where t.id = any(%(threads)s::bigint[]);

-- name: events_since
-- The messages and controls of threads from an instant each, developer messages left out; with the
-- controls that the user's channelless thread has for them.
with wanted as (
  select * from unnest(%(threads)s::bigint[], %(since)s::timestamptz[]) with ordinality
    as w (thread, since, place)),
found as (
  select w.place, e.at, e.channel_id, e.kind
  from wanted w join metering_event e on e.thread_id = w.thread and e.at >= w.since
  where e.kind <= 5
  union all
  select w.place, e.at, e.channel_id, e.kind
  from wanted w join metering_thread t on t.id = w.thread
  join metering_thread s on s.is_steering and s.bot_id = t.bot_id and s."user" = t."user"
                        and s.id <> t.id
  join metering_event e on e.thread_id = s.id and e.at >= w.since
  where e.kind in (0, 1, 5))
select string_agg(int8send(place) || timestamptz_send(at) || int8send(coalesce(channel_id, 0))
                  || int2send(kind), ''::bytea)
from found;

-- name: presence
-- The log-ins and log-outs of bots' agents for a product, in a period.
select t.agent, t.id, t.bot_id, e.at, e.kind = 20
from metering_thread t join metering_event e on e.thread_id = t.id
where t.bot_id = any(%(bots)s::bigint[]) and t.product = %(product)s and t.kind = 3
  and e.kind in (20, 21) and e.at >= %(start)s and e.at < %(end)s;

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

-- name: agent_workspaces
-- The workspaces and products that agents have worked in.
select distinct w.id, w.public_id, t.product from metering_thread t
join people_bot b on b.id = t.bot_id join people_workspace w on w.id = b.workspace_id
where t.kind = 3 order by 1, 3;

-- name: agent_products
-- The bots and products that agents have worked in.
select distinct t.bot_id, b.public_id, t.product from metering_thread t
join people_bot b on b.id = t.bot_id where t.kind = 3 order by 1, 3;
