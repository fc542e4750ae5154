-- What was wrong with which event.
insert into metering_rejection
  (workspace_id, request_id, index, event_id, code, reason, field, at)
select * from unnest(%(workspaces)b::bigint[], %(requests)b::text[], %(indexes)b::int[],
                     %(ids)b::text[], %(codes)b::text[], %(reasons)b::text[],
                     %(fields)b::text[], %(received)b::timestamptz[])
