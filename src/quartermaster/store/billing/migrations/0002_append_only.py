from django.db import migrations

_TABLES = {
    "billing_profile": "billing_billingprofile",
    "seller": "billing_seller",
    "tax_rates": "billing_taxrates",
}

FORWARD = """
create function billing_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'profiles, sellers and tax rates are never changed or deleted: they are set anew'
    using errcode = 'restrict_violation';
end
$$;
""" + "".join(
    f"""
create trigger {name}_append_only before update or delete on {table}
  for each row execute function billing_refuse_change();
create trigger {name}_no_truncate before truncate on {table}
  for each statement execute function billing_refuse_change();
"""
    for name, table in _TABLES.items()
)
BACK = (
    "".join(
        f"drop trigger {name}_append_only on {table}; drop trigger {name}_no_truncate on {table};"
        for name, table in _TABLES.items()
    )
    + "drop function billing_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
