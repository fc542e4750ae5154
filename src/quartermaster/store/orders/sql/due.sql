-- name: payments_in_flight
-- When attempts to pay were begun, up to an instant, whose outcome is not known: of a workspace or,
-- null, of all whose clock goes with the world's.
select p.begun_at, p.id from orders_payment p
join orders_order o on o.id = p.order_id
join people_workspace k on k.id = o.workspace_id
where p.outcome is null and p.begun_at <= %(until)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;

-- name: pages_in_flight
-- The same of those that a buyer is to pay on the provider's page, of a workspace.
select p.begun_at, p.id from orders_payment p
join orders_order o on o.id = p.order_id
where p.outcome is null and p.begun_at <= %(until)s and o.workspace_id = %(workspace)s
  and p.provider <> '' and p.method_id is null;

-- name: refunds_in_flight
-- The same of refunds: of a workspace or, null, of all whose clock goes with the world's.
select r.begun_at, r.id from orders_refund r
join orders_payment p on p.id = r.payment_id
join orders_order o on o.id = p.order_id
join people_workspace k on k.id = o.workspace_id
where r.outcome is null and r.begun_at <= %(until)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;

-- name: open_orders
-- When orders that may expire were made, before an instant: of a workspace or, null, of all whose
-- clock goes with the world's. Renewals are given up otherwise.
select o.ordered_at, o.id from orders_order o
join people_workspace k on k.id = o.workspace_id
where o.state in ('draft', 'awaiting_payment', 'pending_clearance') and o.kind <> 'renew'
  and o.ordered_at < %(until)s
  and case when %(workspace)s::bigint is null then k.frozen_at is null
           else k.id = %(workspace)s end;
