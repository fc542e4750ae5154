import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import quartermaster.store.sql.fields


FORWARD = """
alter table metering_workspacerollup set (fillfactor = 70);
alter table metering_workspaceday set (fillfactor = 70);
insert into metering_workspacerollup
  (workspace_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro)
select b.workspace_id, r.slot_at, r.unit, r.channel_id,
       sum(r.quantity), sum(r.paid_micro), sum(r.free_micro)
from metering_rollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4;
insert into metering_workspaceday
  (workspace_id, day, unit, channel_id, quantity, paid_micro, free_micro)
select b.workspace_id, r.day, r.unit, r.channel_id,
       sum(r.quantity), sum(r.paid_micro), sum(r.free_micro)
from metering_dayrollup r join people_bot b on b.id = r.bot_id group by 1, 2, 3, 4;
"""


def _figures():
    """The columns of a workspace's roll-ups."""
    units = ["billing_session", "voice_session", "api_session", "alert", "notification"]
    unit = quartermaster.store.sql.fields.LabelField(
        type_name="usage_unit",
        choices=[(unit, unit.replace("_", " ").title()) for unit in units],
    )
    workspace = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="people.workspace"
    )
    names = ("channel_id", "quantity", "paid_micro", "free_micro")
    counts = [(name, models.BigIntegerField()) for name in names]
    return [("unit", unit), *counts, ("workspace", workspace)]


class Migration(migrations.Migration):
    dependencies = [("metering", "0006_import_end"), ("people", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="AgentPeak",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "product",
                        "slot_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("product", models.TextField()),
                ("slot_at", models.DateTimeField()),
                ("agents", models.IntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkspaceRollup",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "slot_at",
                        "unit",
                        "channel_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("slot_at", models.DateTimeField()),
                *_figures(),
            ],
        ),
        migrations.CreateModel(
            name="WorkspaceDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
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
                *_figures(),
            ],
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="eventbatch",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=["received_at", "workspace"],
                name="event_batch_when",
                opclasses=["timestamptz_minmax_ops", "int8_minmax_multi_ops"],
                pages_per_range=16,
            ),
        ),
    ]
