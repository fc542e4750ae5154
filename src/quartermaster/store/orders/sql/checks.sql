-- name: orders_add_up
-- An order's total is the sum of its lines.
select o.public_id, 'has a total of ' || o.total_minor || ', its lines sum to '
       || coalesce(sum(l.amount_minor), 0)
from orders_order o left join orders_orderline l on l.order_id = o.id
group by o.id having o.total_minor <> coalesce(sum(l.amount_minor), 0);

-- name: credits_within_payments
-- A line credits a line of an order that was fulfilled, and at most its amount; void, nothing.
select o.public_id, case when -l.amount_minor > p.amount_minor
         then 'credits ' || -l.amount_minor || ' of a line of ' || p.amount_minor
         else 'credits a line of ' || s.public_id || ', which is ' || s.state end
from orders_orderline l
join orders_order o on o.id = l.order_id
join orders_orderline p on p.id = l.of_id
join orders_order s on s.id = p.order_id
where not l.is_void and (-l.amount_minor > p.amount_minor - p.refunded_minor
                         or s.state not in ('fulfilled', 'refunded'));

-- name: orders_paid
-- An order is fulfilled if and only if it was paid, or there was nothing to be paid for it: it cost
-- nothing, notes what is to come, or is invoiced by contract.
select o.public_id, case when p.id is null then 'is ' || o.state || ' and was never paid'
                         else 'was paid and is ' || o.state end
from orders_order o
left join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded'
where case when o.state in ('paid', 'refunded') then p.id is null
           when o.state = 'fulfilled'
        then p.id is null and o.total_minor > 0 and o.kind <> 'schedule' and not exists (
          select from contracts_contract c
          where c.workspace_id = o.workspace_id and c.start_at <= o.ordered_at
            and (c.end_at is null or o.ordered_at < c.end_at))
        else p.id is not null end;

-- name: payments_in_the_books
-- What the books say was paid, less what was paid back, is what payments and refunds say; the books
-- owe customers what was paid for orders that were not given, and what is on its way back.
with factors as (
  select * from unnest(%(currencies)s::text[], %(factors)s::bigint[]) as f (currency, factor)),
orders as (
  select o.*, coalesce(f.factor, 10000) as factor
  from orders_order o left join factors f on f.currency = o.currency),
money as (
  select o.workspace_id, sum(p.amount_minor * o.factor) as paid,
         sum(coalesce(r.gone, 0) * o.factor) as gone,
         sum(case when o.state = 'paid' then (p.amount_minor - coalesce(r.gone, 0)) * o.factor
             else coalesce(r.going, 0) * o.factor end) as owed
  from orders_payment p join orders o on o.id = p.order_id
  left join (
    select r.payment_id,
           sum(r.amount_minor) filter (where r.outcome = 'succeeded') as gone,
           sum(r.amount_minor - r.tax_minor)
             filter (where r.outcome is null and o.lot_id is not null) as going
    from orders_refund r join orders_payment p on p.id = r.payment_id
    join orders_order o on o.id = p.order_id group by 1) r on r.payment_id = p.id
  where p.outcome = 'succeeded' group by 1),
books as (
  select a.workspace_id,
         coalesce(sum(-m.amount) filter (where a.kind = 'payments'), 0) as paid,
         coalesce(sum(m.amount) filter (where a.kind = 'customer'), 0) as owed
  from (select credit_id as account, amount_micro as amount from ledger_transfer
        union all select debit_id, -amount_micro from ledger_transfer) m
  join ledger_account a on a.id = m.account and a.kind in ('payments', 'customer') group by 1)
select k.public_id, 'payments come to ' || coalesce(m.paid - m.gone, 0) || ' and owed is '
       || coalesce(m.owed, 0) || ' millionths; the books say ' || coalesce(b.paid, 0) || ' and '
       || coalesce(b.owed, 0)
from people_workspace k left join money m on m.workspace_id = k.id
left join books b on b.workspace_id = k.id
where coalesce(m.paid - m.gone, 0) <> coalesce(b.paid, 0)
   or coalesce(m.owed, 0) <> coalesce(b.owed, 0);

-- name: orders_give_credit
-- An order of credit that was fulfilled gave it, once: a lot of its bot, as much as was ordered.
with factors as (
  select * from unnest(%(currencies)s::text[], %(factors)s::bigint[]) as f (currency, factor))
select o.public_id, 'gave a lot of ' || coalesce(l.granted_micro::text, 'nothing')
       || ', ordered is ' || o.total_minor
from orders_order o left join wallets_lot l on l.id = o.lot_id
left join factors f on f.currency = o.currency
where o.kind in ('funds', 'recharge')
  and case when o.state = 'fulfilled' or (o.state = 'refunded' and o.lot_id is not null)
      then l.id is null or l.bot_id <> o.bot_id
           or l.granted_micro <> o.total_minor * coalesce(f.factor, 10000)
      else o.lot_id is not null end;

-- name: orders_step_by_step
-- An order is in the state that its last step led to.
select o.public_id, 'is ' || o.state || ', its last step led to ' || s.state
from orders_order o join lateral (
  select s.state from orders_orderstep s where s.order_id = o.id order by s.number desc limit 1) s
  on true
where o.state <> s.state;
