from django.db import migrations

FORWARD = """
create function price_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'prices are never changed or deleted: publish a new version'
    using errcode = 'restrict_violation';
end
$$;
create trigger price_append_only before update or delete on catalog_price
  for each row execute function price_refuse_change();
create trigger price_no_truncate before truncate on catalog_price
  for each statement execute function price_refuse_change();
"""
BACK = """
drop trigger price_append_only on catalog_price;
drop trigger price_no_truncate on catalog_price;
drop function price_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
