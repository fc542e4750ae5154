-- What was wrong with which event.
insert into metering_rejection
  (workspace_id, request_id, index, event_id, code, reason, field, at)
select * from unnest(%(workspaces)s::bigint[], %(requests)s::text[], %(indexes)s::int[],
                     %(ids)s::text[], %(codes)s::text[], %(reasons)s::text[],
                     %(fields)s::text[], %(received)s::timestamptz[])
