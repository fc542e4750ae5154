import django.contrib.postgres.indexes
from django.db import migrations

ACCOUNTS = "int8_bloom_ops(n_distinct_per_range=1000, false_positive_rate=0.001)"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_labels")]
    operations = [
        migrations.AddIndex(
            model_name="transfer",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=["debit", "credit"],
                name="transfer_where",
                opclasses=[ACCOUNTS, ACCOUNTS],
                pages_per_range=64,
            ),
        ),
    ]
