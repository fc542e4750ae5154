-- name: orders_add_up
-- An order's total is the sum of its lines.
select o.public_id, 'has a total of ' || o.total_minor || ', its lines sum to '
       || coalesce(sum(l.amount_minor), 0)
from orders_order o left join orders_orderline l on l.order_id = o.id
group by o.id having o.total_minor <> coalesce(sum(l.amount_minor), 0);

-- name: credits_within_payments
-- A line credits a line of an order that was fulfilled, and at most its amount; void, nothing. The
-- lines of what came to nothing are void, those of what was given are not.
select o.public_id, case when -l.amount_minor > p.amount_minor
         then 'credits ' || -l.amount_minor || ' of a line of ' || p.amount_minor
         else 'credits a line of ' || s.public_id || ', which is ' || s.state end
from orders_orderline l
join orders_order o on o.id = l.order_id
join orders_orderline p on p.id = l.of_id
join orders_order s on s.id = p.order_id
where not l.is_void and (-l.amount_minor > p.amount_minor - p.refunded_minor
                         or s.state not in ('fulfilled', 'refunded'))
union all
select o.public_id, 'is ' || o.state || ', and a line of it is ' || case when l.is_void then ''
       else 'not ' end || 'void'
from orders_order o join orders_orderline l on l.order_id = o.id
where l.is_void and o.state not in ('failed', 'canceled', 'expired', 'paid', 'refunded')
   or not l.is_void and o.state in ('failed', 'canceled', 'expired', 'paid');

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
-- Each step of an order is one that there is from where the step before led, so that none is
-- fulfilled twice; the order is in the state that its last step led to.
with known as (
  select * from unnest(%(states)s::text[], %(events)s::text[], %(nexts)s::text[])
    as t (state, event, next)),
steps as (
  select s.*, lag(s.state) over mine as before, row_number() over mine as place,
         s.number = max(s.number) over (partition by s.order_id) as is_last
  from orders_orderstep s window mine as (partition by s.order_id order by s.number)),
judged as (
  select s.*, exists (
    select from known k where k.event = s.event and k.next = s.state
      and (k.state = s.before or s.before is null and k.state in ('draft', 'awaiting_payment'))
    ) as is_known
  from steps s)
select o.public_id, string_agg(case
         when s.number <> s.place then 'step ' || s.place || ' is missing'
         when not s.is_known then s.event || ' cannot lead from ' || coalesce(s.before, 'its begin')
              || ' to ' || s.state
         else 'is ' || o.state || ', its last step led to ' || s.state end, '; ' order by s.number)
from judged s join orders_order o on o.id = s.order_id
where s.number <> s.place or not s.is_known or (s.is_last and o.state <> s.state)
group by o.id;

-- name: orders_paid_in_full
-- What was paid for an order is its total with the tax of its rate, in its workspace's currency.
select o.public_id, 'comes to ' || o.total_minor || ' and tax ' || o.tax_minor || ' '
       || o.currency || ', paid was ' || coalesce(p.amount_minor::text, 'nothing')
from orders_order o join people_workspace k on k.id = o.workspace_id
left join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded'
where p.amount_minor <> o.total_minor + o.tax_minor or o.currency <> k.currency
   or o.tax_minor <> round(o.total_minor * coalesce((o.tax ->> 'rate')::numeric, 0) / 100);

-- name: refunds_within_payments
-- What goes back was paid, and is no more than that, with the tax of its sum; what went back of
-- terms is credited no more, but for what was credited when it turned out to be back by other ways;
-- an order is refunded if and only if all of its money is back.
with given as (
  select o.id, o.lot_id is null as is_terms, coalesce((o.tax ->> 'rate')::numeric, 0) as rate,
         sum(l.refunded_minor) as noted, bool_or(not l.is_void) as is_given
  from orders_order o join orders_orderline l on l.order_id = o.id group by o.id),
back as (
  select p.order_id, sum(r.amount_minor) as going, sum(r.tax_minor) as tax,
         sum(case when r.is_outside then 0 else r.amount_minor - r.tax_minor end) as given_back,
         coalesce(sum(r.amount_minor) filter (where r.outcome = 'succeeded'), 0) as gone
  from orders_refund r join orders_payment p on p.id = r.payment_id
  where r.outcome is distinct from 'declined' group by 1),
told as (
  select o.public_id, o.state, coalesce(p.amount_minor, 0) as paid, coalesce(b.going, 0) as going,
         coalesce(b.gone, 0) as gone, coalesce(b.tax, 0) as tax, coalesce(g.noted, 0) as noted,
         coalesce(b.given_back, 0) as given_back,
         coalesce(g.is_given, false) as is_given, g.is_terms, g.rate
  from orders_order o left join given g on g.id = o.id left join back b on b.order_id = o.id
  left join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded')
select public_id, 'is ' || state || ': of ' || paid || ' there goes back ' || going || ', ' || gone
       || ' is back; ' || tax || ' of it is tax, and its lines note ' || noted
from told
where going > paid or (state = 'refunded') <> (paid > 0 and gone = paid)
   or tax <> case when is_given then round((going - tax) * rate / 100) else 0 end
   or noted > case when is_given and is_terms then going - tax else 0 end
   or noted < case when is_given and is_terms then given_back else 0 end;

-- name: subscriptions_follow_from_orders
-- A subscription has what its last order gave its bot, and its usage is priced by that.
with given as (
  select distinct on (o.subscription_id) o.*
  from orders_order o join orders_orderstep s on s.order_id = o.id and s.state = 'fulfilled'
  where o.kind in ('subscribe', 'modify', 'renew') order by o.subscription_id, s.id desc),
priced as (
  select distinct on (h.subscription_id) h.*
  from subscriptions_phase h join subscriptions_subscription s on s.id = h.subscription_id
  where h.start_at < s.cycle_end_at order by h.subscription_id, h.start_at desc)
select s.public_id, 'has version ' || s.version_id || ', ' || s.seats || ' seats and ends '
       || s.cycle_end_at || '; ' || o.public_id || ' gave ' || o.version_id || ', ' || o.seats
       || ' until ' || o.cycle_end_at || ', priced by ' || coalesce(h.version_id, 0) || ', '
       || coalesce(h.seats, 0)
from subscriptions_subscription s join given o on o.subscription_id = s.id
join people_bot b on b.id = o.bot_id left join priced h on h.subscription_id = s.id
where (s.bot_id, s.version_id, s.cadence, s.seats, s.anchor_date, s.cycle_start_at, s.cycle_end_at)
      is distinct from (o.bot_id, o.version_id, o.cadence, o.seats, o.anchor_date,
                        o.cycle_start_at, o.cycle_end_at)
   or b.workspace_id <> o.workspace_id
   or s.state in ('active', 'past_due')
      and (h.version_id, h.seats) is distinct from (s.version_id, s.seats);
