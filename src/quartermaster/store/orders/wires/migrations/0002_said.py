from django.db import migrations

FORWARD = """
create function wires_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what a bank said is never changed or deleted'
    using errcode = 'restrict_violation';
end
$$;
create trigger bank_entry_said before delete or update of public_id, file_id, account, key, bank_id,
  booked_date, currency, amount_minor, text, end_to_end_id, payer_name, payer_iban, named
  on wires_bankentry for each row
  execute function wires_refuse_change();
create trigger bank_file_said before delete or update on wires_bankfile
  for each row execute function wires_refuse_change();
"""
BACK = """
drop trigger bank_entry_said on wires_bankentry;
drop trigger bank_file_said on wires_bankfile;
drop function wires_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("wires", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
