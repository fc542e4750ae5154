from django.db import migrations

# Money that was paid before the books had it.
FORWARD = """
with paid as (
  select o.workspace_id, p.known_at as at,
         p.amount_minor * (10 ^ (6 - case
           when o.currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF',
                               'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
           when o.currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
           else 2 end))::bigint as amount
  from orders_payment p join orders_order o on o.id = p.order_id where p.outcome = 'succeeded'),
moves as (select * from (values ('payment_settled', 'payments', 'customer'),
                                ('order_fulfilled', 'customer', 'sales')) as m (fact, debit, credit))
insert into ledger_transfer (idempotency_key, fact, debit_id, credit_id, amount_micro, at)
select gen_random_uuid(), m.fact::ledger_fact, d.id, c.id, p.amount, p.at
from paid p cross join moves m
join ledger_account d on d.workspace_id = p.workspace_id and d.kind = m.debit
join ledger_account c on c.workspace_id = p.workspace_id and c.kind = m.credit
where p.amount > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_paying"), ("ledger", "0005_money")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
