-- name: append_batch
-- One accepted request. A request with nothing accepted is done at once.
insert into metering_eventbatch
  (workspace_id, request_id, received_at, event_count, rejected_count, body,
   done_at, stored_count, duplicate_count, conflict_count)
select %(workspace)s, %(request_id)s, %(received_at)s, %(events)s, %(rejected)s, %(body)s,
       case when %(body)s::bytea is null then %(received_at)s::timestamptz end, 0, 0, 0;

-- name: keep_rejections
-- What was wrong with which event.
insert into metering_rejection
  (workspace_id, request_id, index, event_id, code, reason, field, at)
select %(workspace)s, request_id, index, event_id, code, reason, field, %(at)s
from unnest(%(requests)s::text[], %(indexes)s::int[], %(events)s::text[], %(codes)s::text[],
            %(reasons)s::text[], %(fields)s::text[])
  as t (request_id, index, event_id, code, reason, field);

-- name: pending_workspaces
-- Each workspace with waiting batches once, by hopping along the partial index.
with recursive hop as (
  (select workspace_id, id from metering_eventbatch
   where done_at is null order by workspace_id, id limit 1)
  union all
  select n.workspace_id, n.id from hop, lateral (
    select workspace_id, id from metering_eventbatch
    where done_at is null and workspace_id > hop.workspace_id
    order by workspace_id, id limit 1) n
)
select workspace_id from hop order by id;

-- name: pending_batches
-- The oldest waiting batches of a workspace, up to so many events, at least one batch.
select id, request_id, body from (
  select id, request_id, body,
         sum(event_count) over (order by id) - event_count as events_before
  from (select id, request_id, body, event_count from metering_eventbatch
        where workspace_id = %(workspace)s and done_at is null order by id limit 2000) oldest
) counted
where events_before < %(limit)s
order by id;

-- name: finish_batches
-- The meter is done with them: the figures stay, the bodies go.
update metering_eventbatch b
set done_at = %(at)s, body = null, stored_count = t.stored,
    duplicate_count = t.duplicates, conflict_count = t.conflicts
from unnest(%(batches)s::bigint[], %(stored)s::int[], %(duplicates)s::int[], %(conflicts)s::int[])
  as t (id, stored, duplicates, conflicts)
where b.id = t.id and b.done_at is null;

-- name: lag
-- Seconds that the oldest waiting batch has waited, and how many events wait. Where a workspace's
-- clock stands, it does not tell how long.
select coalesce(extract(epoch from %(at)s - min(b.received_at)
                                            filter (where k.frozen_at is null)), 0)::float8,
       coalesce(sum(b.event_count), 0)::bigint
from metering_eventbatch b join people_workspace k on k.id = b.workspace_id
where b.done_at is null;
