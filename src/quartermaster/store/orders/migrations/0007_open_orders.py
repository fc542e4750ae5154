from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_recharge")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["awaiting_payment", "draft", "pending_clearance"])
                ),
                fields=["ordered_at"],
                name="order_open",
            ),
        ),
    ]
