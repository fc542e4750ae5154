from django.db import migrations

FORWARD = """
create function charge_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'charges are never changed or deleted: charge again'
    using errcode = 'restrict_violation';
end
$$;
create trigger charge_append_only before update or delete on wallets_charge
  for each row execute function charge_refuse_change();
create trigger charge_no_truncate before truncate on wallets_charge
  for each statement execute function charge_refuse_change();
"""
BACK = """
drop trigger charge_append_only on wallets_charge;
drop trigger charge_no_truncate on wallets_charge;
drop function charge_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("wallets", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
