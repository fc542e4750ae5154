from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metering", "0007_reading")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                name="event_login",
                fields=["at"],
                include=["thread", "kind"],
                condition=models.Q(kind__in=(20, 21)),
            ),
        ),
    ]
