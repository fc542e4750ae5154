from django.db import migrations

FORWARD = """
create function contracts_cover(workspace bigint, instant timestamptz) returns boolean
language sql stable parallel safe as $$
  select exists (
      select from contracts_contract c
      where c.workspace_id = workspace and c.start_at <= instant
        and (c.end_at is null or c.end_at > instant))
    or (exists (select from people_workspace w where w.id = workspace and w.plan = 'enterprise')
        and not exists (select from contracts_contract c where c.workspace_id = workspace))
$$;
"""


class Migration(migrations.Migration):
    """Whether usage of an instant is on account: a contract covers it, or the workspace's plan is
    enterprise and nothing was agreed yet. Everything else is paid by credit."""

    dependencies = [
        ("contracts", "0002_append_only"),
        ("people", "0004_seat_policy_since"),
    ]
    operations = [migrations.RunSQL(FORWARD, "drop function contracts_cover(bigint, timestamptz)")]
