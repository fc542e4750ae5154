from django.db import migrations, models

FORWARD = """
create function offer_version_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was sold is never changed or deleted: publish a new version'
    using errcode = 'restrict_violation';
end
$$;
create trigger offer_version_append_only before update or delete on catalog_offerversion
  for each row execute function offer_version_refuse_change();
create trigger offer_version_no_truncate before truncate on catalog_offerversion
  for each statement execute function offer_version_refuse_change();
create function publication_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'publications are never changed or deleted: publish again'
    using errcode = 'restrict_violation';
end
$$;
create trigger publication_append_only before update or delete on catalog_publication
  for each row execute function publication_refuse_change();
create trigger publication_no_truncate before truncate on catalog_publication
  for each statement execute function publication_refuse_change();
"""
BACK = """
drop trigger offer_version_append_only on catalog_offerversion;
drop trigger offer_version_no_truncate on catalog_offerversion;
drop function offer_version_refuse_change();
drop trigger publication_append_only on catalog_publication;
drop trigger publication_no_truncate on catalog_publication;
drop function publication_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_unit'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('number', models.PositiveIntegerField()),
                ('kind', models.TextField(choices=[('plan', 'plan'), ('add_on', 'add_on'), ('support', 'support')])),
                ('product', models.TextField(null=True)),
                ('terms', models.JSONField()),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'number'), name='offer_version_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='offer_version_numbered'), models.CheckConstraint(condition=models.Q(('kind__in', ['plan', 'add_on', 'support'])), name='offer_version_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'plan'), ('product__isnull', False)), models.Q(models.Q(('kind', 'plan'), _negated=True), ('product__isnull', True)), _connector='OR'), name='offer_version_plan_has_product')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('published_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('is_example', models.BooleanField()),
                ('titles', models.JSONField()),
                ('versions', models.JSONField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='publication_numbered')],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
