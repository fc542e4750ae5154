from django.db import migrations

FORWARD = """
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'transfers are never changed or deleted: post another one'
    using errcode = 'restrict_violation';
end
$$;
create trigger transfer_append_only before update or delete on ledger_transfer
  for each row execute function ledger_refuse_change();
create trigger transfer_no_truncate before truncate on ledger_transfer
  for each statement execute function ledger_refuse_change();
"""
BACK = """
drop trigger transfer_append_only on ledger_transfer;
drop trigger transfer_no_truncate on ledger_transfer;
drop function ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
