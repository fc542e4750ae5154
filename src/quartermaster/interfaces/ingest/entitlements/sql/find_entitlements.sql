-- Of an API key that is not revoked, one of its workspace's bots by name or id (null: there is
-- none) and what it is entitled by: whether a contract covers it, the seat policy, the time zone,
-- what is sold now, its live subscriptions, what was told of the use of limits, and the
-- notifications of the clock's present hour; and the instant by the workspace's clock.
select b.id, b.public_id, contracts_cover(k.id, c.at), k.seat_policy, k.time_zone,
       (select id from catalog_publication order by number desc limit 1),
       coalesce((select json_agg(json_build_array(
           s.place, s.state, s.is_ending, (extract(epoch from s.cycle_end_at) * 1000000)::bigint,
           s.version_id, s.seats, s.next_version_id, s.next_seats, s.anchor_date) order by s.id)
         from subscriptions_subscription s
         where s.bot_id = b.id and s.state in ('active', 'past_due', 'trialing')), '[]'),
       coalesce((select json_agg(json_build_array(u.product, u.name, u.used))
         from subscriptions_limituse u where u.bot_id = b.id), '[]'),
       (select coalesce(sum(r.quantity), 0)::bigint
        from date_trunc('hour', c.at, k.time_zone) as hour
        join metering_rollup r on r.bot_id = b.id and r.unit = 'notification'
          and r.slot_at >= hour and r.slot_at < hour + interval '1 hour'),
       c.at
from people_apikey a
join people_workspace k on k.id = a.workspace_id
cross join lateral (select coalesce(k.frozen_at, %(at)s::timestamptz) as at) c
left join people_bot b on b.id = coalesce(
  (select id from people_bot where workspace_id = k.id and name = %(bot)s),
  (select id from people_bot where workspace_id = k.id and public_id = %(bot)s))
where a.digest = %(digest)s and a.revoked_at is null
