from django.db import migrations

# Each invoice refers to the one before it, so a series has no gaps: it cannot have one.
FORWARD = """
alter table invoices_invoice add constraint invoice_number_gapless
  foreign key (series_id, previous_number) references invoices_invoice (series_id, number);

create function invoices_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'issued invoices are never changed or deleted: issue a credit note'
    using errcode = 'restrict_violation';
end
$$;
create trigger invoice_append_only before update or delete on invoices_invoice
  for each row execute function invoices_refuse_change();
create trigger invoice_no_truncate before truncate on invoices_invoice
  for each statement execute function invoices_refuse_change();
create trigger invoice_line_append_only before update or delete on invoices_invoiceline
  for each row execute function invoices_refuse_change();
create trigger invoice_line_no_truncate before truncate on invoices_invoiceline
  for each statement execute function invoices_refuse_change();
"""
BACK = """
drop trigger invoice_append_only on invoices_invoice;
drop trigger invoice_no_truncate on invoices_invoice;
drop trigger invoice_line_append_only on invoices_invoiceline;
drop trigger invoice_line_no_truncate on invoices_invoiceline;
drop function invoices_refuse_change();
alter table invoices_invoice drop constraint invoice_number_gapless;
"""


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
