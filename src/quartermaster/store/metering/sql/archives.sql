-- name: lock_alone
-- Whether nobody else archives this workspace; held by the connection until it is unlocked.
select pg_try_advisory_lock(hashtextextended('quartermaster archive', %(workspace)s));

-- name: unlock_alone
-- Lets the next one archive this workspace.
select pg_advisory_unlock(hashtextextended('quartermaster archive', %(workspace)s));

-- name: lock_imports_out
-- Waits for imports that append, and holds off others, to the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('quartermaster import', %(workspace)s));

-- name: lock_archive_out
-- The other side: nothing of this workspace becomes archived until the end of the transaction.
select pg_advisory_xact_lock_shared(hashtextextended('quartermaster import', %(workspace)s));

-- name: archived_until
-- Up to where a workspace's events are archived, if any are.
select max(end_at) from metering_archive where workspace_id = %(workspace)s;

-- name: months_with_events
-- The months in UTC of a period in which a workspace has events in the table.
select distinct date_trunc('month', e.at, 'UTC') from metering_event e
join metering_thread t on t.id = e.thread_id join people_bot b on b.id = t.bot_id
where b.workspace_id = %(workspace)s and e.at >= %(start)s and e.at < %(end)s order by 1;

-- name: fingerprint
-- What a workspace has in the table of a period: events, messages among them, and a sum over all
-- columns that any other rows would change.
select count(*), count(*) filter (where e.kind between 2 and 4 or e.kind > 30),
       coalesce(sum(hash_record_extended(e, 0)::numeric), 0)::text
from metering_event e
join metering_thread t on t.id = e.thread_id join people_bot b on b.id = t.bot_id
where b.workspace_id = %(workspace)s and e.at >= %(start)s and e.at < %(end)s;

-- name: month_events
-- The events themselves, by thread and time.
select uuid_send(e.key) || int8send(e.content) || int8send(e.thread_id) || timestamptz_send(e.at)
       || int8send(coalesce(e.channel_id, 0)) || int2send(e.kind)
from metering_event e
join metering_thread t on t.id = e.thread_id join people_bot b on b.id = t.bot_id
where b.workspace_id = %(workspace)s and e.at >= %(start)s and e.at < %(end)s
order by e.thread_id, e.at, e.kind, e.key;

-- name: thread_words
-- What threads are about, in words.
select t.id, b.public_id, t.conversation, t."user", t.product, t.agent, t.device
from metering_thread t join people_bot b on b.id = t.bot_id where t.id = any(%(threads)s::bigint[]);

-- name: drop_events
-- Events that a file holds leave the table.
delete from metering_event where key = any(%(keys)s::uuid[]);

-- name: steering
-- The channelless threads whose controls go to these threads, too.
select string_agg(int8send(w.place) || int8send(s.id), ''::bytea)
from unnest(%(threads)s::bigint[]) with ordinality as w (thread, place)
join metering_thread t on t.id = w.thread
join metering_thread s on s.is_steering and s.bot_id = t.bot_id and s."user" = t."user"
                      and s.id <> t.id;

-- name: presence_threads
-- The threads of bots' agents for a product.
select id, agent, bot_id from metering_thread
where bot_id = any(%(bots)s::bigint[]) and product = %(product)s and kind = 3;

-- name: count_threads
-- The threads of plain units, with their bots.
select id, bot_id from metering_thread where kind = 4;
