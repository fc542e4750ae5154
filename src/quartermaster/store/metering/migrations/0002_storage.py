from django.db import migrations

# Bodies are written once, read once and not compressible enough to pay for trying.
# Conversations and roll-ups are updated in place: leave room on the page.
FORWARD = """
alter table metering_eventbatch alter column body set storage external;
alter table metering_conversation set (fillfactor = 70);
alter table metering_rollup set (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
