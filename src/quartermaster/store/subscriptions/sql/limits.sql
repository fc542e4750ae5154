-- name: tell_limit
-- How much of a limit is in use: the latest that was told, and of several at once the most, in
-- whatever order they come.
insert into subscriptions_limituse as u (bot_id, product, name, used, at)
values (%(bot)s, %(product)s, %(name)s, %(used)s, %(at)s)
on conflict (bot_id, product, name) do update set used = excluded.used, at = excluded.at
where (u.at, u.used) < (excluded.at, excluded.used);
