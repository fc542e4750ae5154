-- name: orders_add_up
-- An order's total is the sum of its lines.
select o.public_id, 'has a total of ' || o.total_minor || ', its lines sum to '
       || coalesce(sum(l.amount_minor), 0)
from orders_order o left join orders_orderline l on l.order_id = o.id
group by o.id having o.total_minor <> coalesce(sum(l.amount_minor), 0);

-- name: credits_within_payments
-- A line credits a line of an order that was fulfilled, and at most its amount.
select o.public_id, case when -l.amount_minor > p.amount_minor
         then 'credits ' || -l.amount_minor || ' of a line of ' || p.amount_minor
         else 'credits a line of ' || s.public_id || ', which is ' || s.state end
from orders_orderline l
join orders_order o on o.id = l.order_id
join orders_orderline p on p.id = l.of_id
join orders_order s on s.id = p.order_id
where -l.amount_minor > p.amount_minor or (not l.is_void and s.state <> 'fulfilled');

-- name: orders_paid
-- An order is fulfilled if and only if it was paid, or there was nothing to be paid for it: it cost
-- nothing, notes what is to come, or is invoiced by contract.
select o.public_id, case when o.state = 'fulfilled' then 'is fulfilled and was never paid'
                         else 'was paid and is ' || o.state end
from orders_order o
left join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded'
where case when o.state = 'fulfilled'
        then p.id is null and o.total_minor > 0 and o.kind <> 'schedule' and not exists (
          select from contracts_contract c
          where c.workspace_id = o.workspace_id and c.start_at <= o.ordered_at
            and (c.end_at is null or o.ordered_at < c.end_at))
        else p.id is not null end;
