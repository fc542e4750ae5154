from django.db import migrations

_TABLES = {
    "contract_price": ("contracts_contractprice", "prices are agreed anew"),
    "statement": ("contracts_statement", "the next one has adjustments"),
    "statement_line": ("contracts_statementline", "the next statement has adjustments"),
}


def _guard(name: str, table: str, instead: str) -> str:
    words = f"{name.replace('_', ' ')}s of contracts are never changed or deleted: {instead}"
    return f"""
create function {name}_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '{words}' using errcode = 'restrict_violation';
end
$$;
create trigger {name}_append_only before update or delete on {table}
  for each row execute function {name}_refuse_change();
create trigger {name}_no_truncate before truncate on {table}
  for each statement execute function {name}_refuse_change();
"""


def _unguard(name: str, table: str) -> str:
    return f"""
drop trigger {name}_append_only on {table};
drop trigger {name}_no_truncate on {table};
drop function {name}_refuse_change();
"""


FORWARD = "".join(_guard(name, *words) for name, words in _TABLES.items())
BACK = "".join(_unguard(name, table) for name, (table, _) in _TABLES.items())


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
