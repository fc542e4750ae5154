from django.db import migrations

import quartermaster.store.sql.fields

UNITS = [
    ("billing_session", "Billing Session"),
    ("voice_session", "Voice Session"),
    ("api_session", "Api Session"),
    ("alert", "Alert"),
    ("notification", "Notification"),
]
# The unit stands last, where it shares a word with the channel. Conversations and roll-ups leave less
# room on their pages: most rows are changed a few times only, soon after each other.
FORWARD = """
alter table metering_session add column label usage_unit;
update metering_session set label = unit::usage_unit;
alter table metering_session drop column unit;
alter table metering_session rename column label to unit;
alter table metering_session alter column unit set not null;
create unique index session_once on metering_session (thread_id, start_at, unit)
  where withdrawn_by_id is null;
alter table metering_rollup alter column unit type usage_unit using unit::usage_unit;
alter table metering_conversation set (fillfactor = 90);
alter table metering_rollup set (fillfactor = 90);
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0002_storage"), ("catalog", "0003_unit")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            state_operations=[
                migrations.AlterField(
                    model,
                    "unit",
                    quartermaster.store.sql.fields.LabelField(type_name="usage_unit", choices=UNITS),
                )
                for model in ("session", "rollup")
            ],
        )
    ]
