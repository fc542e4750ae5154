-- name: tell_limit
-- How much of a limit is in use: the latest that was told, and of several at once the most, in
-- whatever order they come.
insert into subscriptions_limituse as u (bot_id, product, name, used, at)
values (%(bot)s, %(product)s, %(name)s, %(used)s, %(at)s)
on conflict (bot_id, product, name) do update set used = excluded.used, at = excluded.at
where (u.at, u.used) < (excluded.at, excluded.used);

-- name: keep_seat
-- A concurrent seat is kept for an agent; those that were kept and not taken are let go.
with gone as (
  delete from subscriptions_seathold
  where bot_id = %(bot)s and product = %(product)s and until_at <= %(since)s
    and agent <> %(agent)s)
insert into subscriptions_seathold (bot_id, product, agent, since_at, until_at)
values (%(bot)s, %(product)s, %(agent)s, %(since)s, %(until)s)
on conflict (bot_id, product, agent) do update
set since_at = excluded.since_at, until_at = excluded.until_at;

-- name: note_late_seats
-- Months of concurrent seats that log-ins may change: those of their time, and of half a day before
-- and after it, in which somebody may have been there still.
update subscriptions_seatmonth m set is_late = true
from subscriptions_subscription s,
     unnest(%(bots)s::bigint[], %(products)s::text[], %(ats)s::timestamptz[])
       as u (bot, product, at)
where s.id = m.subscription_id and s.bot_id = u.bot and s.place = u.product
  and m.kind = 'concurrent' and not m.is_late
  and m.start_at <= u.at + interval '12 hours' and m.end_at > u.at - interval '12 hours';
