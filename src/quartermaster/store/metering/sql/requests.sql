-- name: event_counts
-- What became of the events of a workspace's requests in a period; what waits for the meter is
-- neither new nor repeated yet.
select count(*)::bigint, coalesce(sum(event_count), 0)::bigint,
       coalesce(sum(rejected_count), 0)::bigint,
       coalesce(sum(stored_count) filter (where done_at is not null), 0)::bigint,
       coalesce(sum(duplicate_count) filter (where done_at is not null), 0)::bigint,
       coalesce(sum(conflict_count) filter (where done_at is not null), 0)::bigint,
       coalesce(sum(event_count) filter (where done_at is null), 0)::bigint
from metering_eventbatch
where workspace_id = %(workspace)s and received_at >= %(start)s and received_at < %(end)s;

-- name: latest_requests
-- A workspace's latest requests in a period.
select id, request_id, received_at, event_count, rejected_count,
       case when done_at is not null then stored_count end,
       case when done_at is not null then duplicate_count end,
       case when done_at is not null then conflict_count end
from metering_eventbatch
where workspace_id = %(workspace)s and received_at >= %(start)s and received_at < %(end)s
order by received_at desc, id desc limit %(limit)s;

-- name: rejection_codes
-- The latest rejections of a workspace by their code: how many, and the latest of each.
select code, count(*)::bigint, max(at), (array_agg(reason order by id desc))[1],
       (array_agg(field order by id desc))[1]
from (select id, code, at, reason, field from metering_rejection
      where workspace_id = %(workspace)s order by id desc limit %(most)s) latest
where at >= %(start)s and at < %(end)s
group by 1 order by 2 desc, 1;
