from django.db import migrations

import quartermaster.store.sql.fields

UNITS = [
    ("billing_session", "Billing Session"),
    ("voice_session", "Voice Session"),
    ("api_session", "Api Session"),
    ("alert", "Alert"),
    ("notification", "Notification"),
]
FORWARD = """
create type usage_unit as enum
  ('billing_session', 'voice_session', 'api_session', 'alert', 'notification');
alter table catalog_price alter column unit type usage_unit using unit::usage_unit;
"""
BACK = """
alter table catalog_price alter column unit type text;
drop type usage_unit;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACK,
            state_operations=[
                migrations.AlterField(
                    "price",
                    "unit",
                    quartermaster.store.sql.fields.LabelField(type_name="usage_unit", choices=UNITS),
                )
            ],
        )
    ]
