import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody knows any more which of the files before this were read to their end: all count."""

    dependencies = [("metering", "0005_archive")]

    operations = [
        migrations.AddField(
            model_name="eventimport",
            name="read_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="eventimport",
            name="finished_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "update metering_eventimport set finished_at = read_at", migrations.RunSQL.noop
        ),
    ]
