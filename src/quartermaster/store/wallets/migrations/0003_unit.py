from django.db import migrations

import quartermaster.store.sql.fields

UNITS = [
    ("billing_session", "Billing Session"),
    ("voice_session", "Voice Session"),
    ("api_session", "Api Session"),
    ("alert", "Alert"),
    ("notification", "Notification"),
]
FORWARD = "alter table wallets_charge alter column unit type usage_unit using unit::usage_unit"
BACK = "alter table wallets_charge alter column unit type text"


class Migration(migrations.Migration):
    dependencies = [("wallets", "0002_append_only"), ("catalog", "0003_unit")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACK,
            state_operations=[
                migrations.AlterField(
                    "charge",
                    "unit",
                    quartermaster.store.sql.fields.LabelField(type_name="usage_unit", choices=UNITS),
                )
            ],
        )
    ]
