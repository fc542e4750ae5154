-- Of an API key that is not revoked, one of its workspace's bots by name or id (null: there is
-- none) and what the gate answers by: whether the plan is a contract, whether free credit goes
-- first, paid and free credit in millionths, spending per day, and the price of a session. Credit
-- that has expired by the workspace's clock does not count, even before it has lapsed.
select b.public_id, k.plan = 'enterprise', k.is_free_first,
       case when w.paid_expires_at <= c.at then w.paid_micro - (
         select coalesce(sum(remaining_micro), 0)::bigint from wallets_lot
         where bot_id = b.id and expires_at <= c.at) else w.paid_micro end,
       case when p.expires_at <= c.at then (
         select coalesce(sum(remaining_micro), 0)::bigint from wallets_lot
         where workspace_id = k.id and source = 'free'
           and (expires_at is null or expires_at > c.at)) else p.free_micro end,
       w.spent_per_day_micro,
       coalesce((select amount from catalog_price
                 where unit = 'billing_session' and from_at <= c.at
                 order by from_at desc limit 1), 0)
from people_apikey a
join people_workspace k on k.id = a.workspace_id
cross join lateral (select coalesce(k.frozen_at, %(at)s) as at) c
left join people_bot b on b.id = coalesce(
  (select id from people_bot where workspace_id = k.id and name = %(bot)s),
  (select id from people_bot where workspace_id = k.id and public_id = %(bot)s))
left join wallets_wallet w on w.bot_id = b.id
left join wallets_pool p on p.workspace_id = k.id
where a.digest = %(digest)s and a.revoked_at is null
