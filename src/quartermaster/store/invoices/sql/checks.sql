-- name: invoices_are_locked
-- PostgreSQL still refuses to change invoices and their lines: to update or delete one (27), to
-- truncate (34).
select 'invoices_invoice', count(*)::text || ' of 4 guards are on'
from pg_trigger g join pg_proc p on p.oid = g.tgfoid and p.prosrc ilike '%%raise exception%%'
where tgenabled in ('O', 'A') and tgqual is null
  and (tgrelid, tgname, tgtype) in (
    ('invoices_invoice'::regclass, 'invoice_append_only', 27),
    ('invoices_invoice'::regclass, 'invoice_no_truncate', 34),
    ('invoices_invoiceline'::regclass, 'invoice_line_append_only', 27),
    ('invoices_invoiceline'::regclass, 'invoice_line_no_truncate', 34))
having count(*) <> 4;

-- name: invoices_add_up
-- An invoice is the sum of its lines, and takes of each rate the tax of what its lines come to.
with rates as (
  select invoice_id, tax_rate, sum(amount_minor) as net, sum(tax_minor) as tax
  from invoices_invoiceline group by invoice_id, tax_rate, tax_category, tax_country),
sums as (
  select invoice_id, sum(net) as net, sum(tax) as tax,
         bool_or(tax <> round(net * tax_rate / 100)) as is_off
  from rates group by invoice_id)
select i.public_id, 'says ' || i.net_minor || ' and tax ' || i.tax_minor || ', its lines '
       || coalesce(s.net, 0) || ' and ' || coalesce(s.tax, 0)
       || case when s.is_off then ', which is not the tax of its rates' else '' end
from invoices_invoice i left join sums s on s.invoice_id = i.id
where i.net_minor <> coalesce(s.net, 0) or i.tax_minor <> coalesce(s.tax, 0)
   or i.total_minor <> i.net_minor + i.tax_minor or (i.kind = 'invoice' and s.is_off);

-- name: numbers_without_gaps
-- A series has every number up to its last one, once.
select s.prefix, 'gave ' || s.last_number || ' numbers, and has ' || count(distinct i.number)
       || ' up to ' || coalesce(max(i.number), 0)
from invoices_series s left join invoices_invoice i on i.series_id = s.id
group by s.id having count(distinct i.number) <> s.last_number or count(i.id) <> s.last_number
  or coalesce(max(i.number), 0) <> s.last_number;

-- name: credit_notes_within_invoices
-- Credit notes give back no more than their invoice, and of no line more than it has; all of them
-- together give back the tax of what they come to.
with given as (
  select n.of_id as invoice, sum(n.net_minor) as net, sum(n.tax_minor) as tax
  from invoices_invoice n where n.kind = 'credit_note' group by n.of_id),
by_rate as (
  select n.of_id as invoice, l.tax_rate, sum(l.amount_minor) as net, sum(l.tax_minor) as tax
  from invoices_invoice n join invoices_invoiceline l on l.invoice_id = n.id
  where n.kind = 'credit_note' group by n.of_id, l.tax_rate, l.tax_category, l.tax_country),
off as (
  select invoice, bool_or(tax <> round(net * tax_rate / 100)) as is_off from by_rate
  group by invoice),
lines as (
  select l.invoice_id as invoice, bool_or(l.amount_minor - g.amount not between
           least(0, l.amount_minor) and greatest(0, l.amount_minor)) as is_over
  from (select of_id, sum(amount_minor) as amount from invoices_invoiceline
        where of_id is not null group by of_id) g
  join invoices_invoiceline l on l.id = g.of_id group by l.invoice_id)
select i.public_id, 'comes to ' || i.net_minor || ' and tax ' || i.tax_minor
       || ', credit notes give back ' || g.net || ' and ' || g.tax
from given g join invoices_invoice i on i.id = g.invoice
left join off o on o.invoice = i.id left join lines l on l.invoice = i.id
where g.net not between least(0, i.net_minor) and greatest(0, i.net_minor)
   or g.tax not between least(0, i.tax_minor) and greatest(0, i.tax_minor)
   or o.is_off or l.is_over;

-- name: statements_invoiced
-- Each statement with lines has one invoice, line by line.
with lines as (
  select s.id, count(l.id) as said, count(f.id) as invoiced,
         bool_or(f.id is null or f.amount_minor <> l.amount_minor) as is_off
  from contracts_statement s join contracts_statementline l on l.statement_id = s.id
  left join invoices_invoiceline f on f.statement_line_id = l.id
  group by s.id)
select s.public_id, 'has ' || l.said || ' lines, ' || l.invoiced || ' of them on an invoice'
       || case when l.is_off then ', not all as they are' else '' end
from contracts_statement s join lines l on l.id = s.id
left join invoices_invoice i on i.statement_id = s.id and i.kind = 'invoice'
where l.is_off or l.invoiced <> l.said or i.id is null;

-- name: orders_invoiced
-- Each order that was paid and fulfilled has one invoice, line by line. An earlier release issued
-- none.
with lines as (
  select o.id, count(l.id) as said, count(f.id) as invoiced,
         bool_or(f.id is null or f.amount_minor <> l.amount_minor) as is_off
  from orders_order o join orders_orderline l on l.order_id = o.id
  left join invoices_invoiceline f on f.order_line_id = l.id
  where o.state = 'fulfilled' and o.total_minor > 0 and exists (
    select from orders_payment p where p.order_id = o.id and p.outcome = 'succeeded')
    and not exists (
    select from orders_orderstep s
    where s.order_id = o.id and s.state = 'fulfilled' and s.by = 'an earlier release')
  group by o.id)
select o.public_id, 'has ' || l.said || ' lines, ' || l.invoiced || ' of them on an invoice'
       || case when l.is_off then ', not all as they are' else '' end
from orders_order o join lines l on l.id = o.id
left join invoices_invoice i on i.order_id = o.id and i.kind = 'invoice'
where l.is_off or l.invoiced <> l.said or i.id is null;

-- name: refunds_credited
-- What went back of an order that was invoiced is on credit notes.
with noted as (
  select of_id as invoice, sum(net_minor) as net from invoices_invoice
  where kind = 'credit_note' group by 1),
back as (
  select p.order_id, sum(r.amount_minor - r.tax_minor) as net
  from orders_refund r join orders_payment p on p.id = r.payment_id
  where r.outcome = 'succeeded' group by 1)
select i.public_id, 'without tax ' || b.net || ' went back, credit notes give back '
       || coalesce(n.net, 0)
from back b join invoices_invoice i on i.order_id = b.order_id and i.kind = 'invoice'
left join noted n on n.invoice = i.id
where coalesce(n.net, 0) < b.net;

-- name: invoices_say_what_was_bought
-- An invoice is of the workspace of its order or statement, in its currency, of its total, and due
-- or paid as that was; a credit note of the workspace, currency and series of its invoice.
select i.public_id, 'says ' || i.net_minor || ', tax ' || i.tax_minor || ' and paid '
       || i.paid_minor || ' ' || i.currency || '; ' || o.public_id || ' says ' || o.total_minor
       || ', ' || o.tax_minor || ' and ' || p.amount_minor || ' ' || o.currency
       || case when i.workspace_id <> o.workspace_id then ', of another workspace' else '' end
from invoices_invoice i join orders_order o on o.id = i.order_id
join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded'
where i.kind = 'invoice'
  and (i.workspace_id, i.currency, i.net_minor, i.tax_minor, i.paid_minor)
      <> (o.workspace_id, o.currency, o.total_minor, o.tax_minor, p.amount_minor)
union all
select i.public_id, 'says ' || i.net_minor || ' ' || i.currency || ' due ' || i.due_date
       || ' and paid ' || i.paid_minor || coalesce('; ' || s.public_id || ' says '
       || s.total_minor || ' ' || s.currency || ' due ' || s.due_date, ', and has no statement')
       || case when i.workspace_id <> c.workspace_id then ', of another workspace' else '' end
from invoices_invoice i left join contracts_statement s on s.id = i.statement_id
left join contracts_contract c on c.id = s.contract_id
where i.kind = 'invoice' and i.statement_id is not null
  and (i.workspace_id, i.currency, i.net_minor, i.due_date, i.paid_minor)
      is distinct from (c.workspace_id, s.currency, s.total_minor, s.due_date, 0::bigint)
union all
select n.public_id, 'is not of the workspace, currency, series or origin of ' || i.public_id
from invoices_invoice n join invoices_invoice i on i.id = n.of_id
where i.kind <> 'invoice' or (n.workspace_id, n.currency, n.series_id, n.order_id, n.statement_id)
  is distinct from (i.workspace_id, i.currency, i.series_id, i.order_id, i.statement_id);

-- name: lines_say_what_was_bought
-- A line has the quantity of what it is made of, at its price; that of a credit note is of its
-- invoice.
with factors as (
  select * from unnest(%(currencies)s::text[], %(factors)s::bigint[]) as f (currency, factor))
select i.public_id, 'line ' || l.number || ': ' || l.quantity || ' at '
       || coalesce(l.unit_price::text, 'no price') || ' for ' || l.amount_minor
       || coalesce(', made of ' || coalesce(o.quantity, s.quantity), '')
       || case when g.invoice_id <> i.of_id then ', of another invoice' else '' end
from invoices_invoiceline l join invoices_invoice i on i.id = l.invoice_id
left join factors f on f.currency = i.currency
left join orders_orderline o on o.id = l.order_line_id
left join contracts_statementline s on s.id = l.statement_line_id
left join invoices_invoiceline g on g.id = l.of_id
where l.quantity <> coalesce(o.quantity, s.quantity)
   or l.unit_price * l.quantity * 1000000 <> l.amount_minor * coalesce(f.factor, 10000)
   or g.invoice_id <> i.of_id;
