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
-- Each order that was paid and fulfilled has one invoice, line by line.
with lines as (
  select o.id, count(l.id) as said, count(f.id) as invoiced,
         bool_or(f.id is null or f.amount_minor <> l.amount_minor) as is_off
  from orders_order o join orders_orderline l on l.order_id = o.id
  left join invoices_invoiceline f on f.order_line_id = l.id
  where o.state = 'fulfilled' and o.total_minor > 0 and exists (
    select from orders_payment p where p.order_id = o.id and p.outcome = 'succeeded')
  group by o.id)
select o.public_id, 'has ' || l.said || ' lines, ' || l.invoiced || ' of them on an invoice'
       || case when l.is_off then ', not all as they are' else '' end
from orders_order o join lines l on l.id = o.id
left join invoices_invoice i on i.order_id = o.id and i.kind = 'invoice'
where l.is_off or l.invoiced <> l.said or i.id is null;
