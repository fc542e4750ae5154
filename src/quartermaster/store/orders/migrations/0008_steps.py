from django.db import migrations

# Orders that were settled before their steps were kept get those that led there.
FORWARD = """
insert into orders_orderstep (order_id, number, event, state, at, by)
select o.id, s.number, s.event, s.state, coalesce(o.settled_at, o.ordered_at), 'an earlier release'
from orders_order o
left join orders_payment p on p.order_id = o.id and p.outcome = 'succeeded'
join (values ('fulfilled', true, 1, 'paid', 'paid'), ('fulfilled', true, 2, 'fulfilled', 'fulfilled'),
             ('fulfilled', false, 1, 'accepted', 'fulfilled'),
             ('failed', false, 1, 'given_up', 'failed'),
             ('canceled', false, 1, 'canceled', 'canceled'))
  as s (settled, is_paid, number, event, state)
  on s.settled = o.state and s.is_paid = (p.id is not null)
where not exists (select from orders_orderstep k where k.order_id = o.id)
order by coalesce(o.settled_at, o.ordered_at), o.id, s.number;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_open_orders")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
