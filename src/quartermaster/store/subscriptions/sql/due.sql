-- name: renewals
-- When each of a workspace's live subscriptions is due next, at its cycle's end or at the next
-- attempt, as far as that is by an instant.
select greatest(s.cycle_end_at, s.attempt_at), s.id from subscriptions_subscription s
join people_bot b on b.id = s.bot_id
where b.workspace_id = %(workspace)s and s.state in ('trialing', 'active', 'past_due')
  and greatest(s.cycle_end_at, s.attempt_at) <= %(until)s;

-- name: support_renewals
-- When support plans will renew, by an instant: of a workspace or, null, of all whose clock goes
-- with the world's.
select s.cycle_end_at, s.id from subscriptions_subscription s
join people_bot b on b.id = s.bot_id
join people_workspace k on k.id = b.workspace_id
where s.kind = 'support' and s.state = 'active' and not s.is_ending
  and s.cycle_end_at <= %(renews_by)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;

-- name: overage
-- Plans that may have months of seats to settle, and since when: that had seats, and did not end
-- before their workspace first had overage billed. Of a workspace or, null, of all whose clock goes
-- with the world's.
select f.since, s.id from subscriptions_subscription s
join people_bot b on b.id = s.bot_id
join people_workspace k on k.id = b.workspace_id
cross join lateral (
  select coalesce(max(m.end_at), (
      select min(p.since_at) from people_seatpolicysince p
      where p.workspace_id = k.id and p.policy = 'overage')) as since,
    coalesce(bool_or(m.is_late), false) as is_late
  from subscriptions_seatmonth m where m.subscription_id = s.id) f
where s.kind = 'plan' and f.since is not null
  and (s.canceled_at is null or f.since < s.canceled_at or f.is_late)
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end
  and exists (
    select from subscriptions_phase h join catalog_offerversion v on v.id = h.version_id
    where h.subscription_id = s.id and v.terms ? 'seats');
