-- name: setups_in_flight
-- When setups were begun, up to an instant, whose outcome is not known: of a workspace or, null, of
-- all whose clock goes with the world's.
select s.begun_at, s.id from billing_methodsetup s
join people_workspace k on k.id = s.workspace_id
where s.outcome is null and s.begun_at <= %(until)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;

-- name: expiring
-- The last days, up to one, of ways to pay that are there: of a workspace or, null, of all whose
-- clock goes with the world's.
select m.expires_date::timestamp at time zone 'UTC', m.id from billing_paymentmethod m
join people_workspace k on k.id = m.workspace_id
where m.removed_at is null and m.expires_date <= %(expires_by)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;
