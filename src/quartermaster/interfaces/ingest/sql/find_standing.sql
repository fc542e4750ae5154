-- Of an API key that is not revoked, one of its workspace's bots by name or id (null: there is
-- none) and what the gate answers by: the instant by the workspace's clock; what prices its
-- sessions by a plan now, each with the last month that was counted (null: nothing does); whether
-- a contract covers it, whether free credit goes first, paid and free credit in millionths,
-- spending per day, and the price of a session without a plan. Credit that has expired by that
-- clock does not count, even before it has lapsed.
select b.public_id, c.at,
       (select json_agg(json_build_array(
          s.id, v.id, v.terms::text, h.anchor_date, k.time_zone, h.is_trial,
          (extract(epoch from h.start_at) * 1000000)::bigint,
          (extract(epoch from y.start_at) * 1000000)::bigint, coalesce(y.quantity, 0)))
        from subscriptions_subscription s
        join subscriptions_phase h on h.subscription_id = s.id and h.start_at <= c.at
          and (h.end_at is null or h.end_at > c.at)
        join catalog_offerversion v on v.id = h.version_id
          and v.terms -> 'usage' ? 'billing_session'
        left join lateral (
          select start_at, quantity from wallets_tally
          where subscription_id = s.id and version_id = v.id and unit = 'billing_session'
            and is_trial = h.is_trial and start_at <= c.at
          order by start_at desc limit 1) y on true
        where s.bot_id = b.id),
       contracts_cover(k.id, c.at), k.is_free_first,
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
