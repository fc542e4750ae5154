from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_steps")]

    operations = [
        migrations.AddField("payment", "disputed_at", models.DateTimeField(null=True)),
        migrations.AddField("payment", "lost_minor", models.BigIntegerField(default=0)),
        migrations.AddField("refund", "is_outside", models.BooleanField(default=False)),
        migrations.AddIndex(
            "payment",
            models.Index(
                condition=models.Q(("disputed_minor__gt", 0)),
                fields=["disputed_at"],
                name="payment_disputed",
            ),
        ),
    ]
