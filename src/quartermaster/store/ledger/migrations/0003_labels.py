from django.db import migrations, models

import quartermaster.store.sql.fields

# A transfer of a charge is told from all others by charge and part: in the order in which they are
# made, so that the index grows at its end. The new columns stand last, where they share a word.
FORWARD = """
create type ledger_fact as enum ('free_credits_granted', 'funds_added', 'usage_charged',
                                 'usage_withdrawn', 'credits_lapsed');
alter table ledger_transfer disable trigger transfer_append_only;
alter table ledger_transfer alter column idempotency_key drop not null;
alter table ledger_transfer add column label ledger_fact, add column part smallint;
update ledger_transfer t
set label = t.fact::ledger_fact, part = n.part,
    idempotency_key = case when n.part is null then t.idempotency_key end
from (select id, case when charge_id is not null then
               row_number() over (partition by charge_id order by id) end as part
      from ledger_transfer) n
where n.id = t.id;
alter table ledger_transfer drop column fact;
alter table ledger_transfer rename column label to fact;
alter table ledger_transfer alter column fact set not null;
alter table ledger_transfer enable trigger transfer_append_only;
drop index transfer_charge;
create unique index transfer_charge_once on ledger_transfer (charge_id, part)
  where charge_id is not null;
alter table ledger_transfer add constraint transfer_named_once
  check ((charge_id is null) = (part is null) and (charge_id is null) <> (idempotency_key is null));
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            state_operations=[
                migrations.AlterField(
                    "transfer",
                    "fact",
                    quartermaster.store.sql.fields.LabelField(
                        type_name="ledger_fact",
                        choices=[
                            ("free_credits_granted", "free_credits_granted"),
                            ("funds_added", "funds_added"),
                            ("usage_charged", "usage_charged"),
                            ("usage_withdrawn", "usage_withdrawn"),
                            ("credits_lapsed", "credits_lapsed"),
                        ],
                    ),
                ),
                migrations.AlterField(
                    "transfer", "idempotency_key", models.UUIDField(null=True, unique=True)
                ),
                migrations.AddField("transfer", "part", models.SmallIntegerField(null=True)),
                migrations.RemoveIndex("transfer", "transfer_charge"),
                migrations.AddConstraint(
                    "transfer",
                    models.UniqueConstraint(
                        name="transfer_charge_once",
                        fields=["charge_id", "part"],
                        condition=models.Q(charge_id__isnull=False),
                    ),
                ),
                migrations.AddConstraint(
                    "transfer",
                    models.CheckConstraint(
                        name="transfer_named_once",
                        condition=models.Q(
                            charge_id__isnull=True,
                            part__isnull=True,
                            idempotency_key__isnull=False,
                        )
                        | models.Q(
                            charge_id__isnull=False,
                            part__isnull=False,
                            idempotency_key__isnull=True,
                        ),
                    ),
                ),
            ],
        )
    ]
