import django.db.models.deletion
from django.db import migrations, models

import quartermaster.store.sql.fields

FORWARD = """
alter table metering_dayrollup set (fillfactor = 70);
insert into metering_dayrollup
  (bot_id, day, unit, channel_id, quantity, paid_micro, free_micro)
select r.bot_id, (r.slot_at at time zone w.time_zone)::date, r.unit, r.channel_id,
       sum(r.quantity), sum(r.paid_micro), sum(r.free_micro)
from metering_rollup r join people_bot b on b.id = r.bot_id
join people_workspace w on w.id = b.workspace_id group by 1, 2, 3, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0003_unit"), ("people", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="DayRollup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bot_id",
                        "day",
                        "unit",
                        "channel_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "unit",
                    quartermaster.store.sql.fields.LabelField(
                        type_name="usage_unit",
                        choices=[
                            ("billing_session", "Billing Session"),
                            ("voice_session", "Voice Session"),
                            ("api_session", "Api Session"),
                            ("alert", "Alert"),
                            ("notification", "Notification"),
                        ],
                    ),
                ),
                ("channel_id", models.BigIntegerField()),
                ("quantity", models.BigIntegerField()),
                ("paid_micro", models.BigIntegerField()),
                ("free_micro", models.BigIntegerField()),
                (
                    "bot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.bot",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
