-- Accepted requests, one row each. A request with nothing accepted is done at once.
insert into metering_eventbatch
  (workspace_id, request_id, received_at, event_count, rejected_count, body,
   done_at, stored_count, duplicate_count, conflict_count)
select workspace, request, received, events, rejected, body,
       case when body is null then received end, 0, 0, 0
from unnest(%(workspaces)b::bigint[], %(requests)b::text[], %(received)b::timestamptz[],
            %(events)b::int[], %(rejected)b::int[], %(bodies)b::bytea[])
  as t (workspace, request, received, events, rejected, body)
