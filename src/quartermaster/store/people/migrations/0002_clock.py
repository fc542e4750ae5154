from django.db import migrations, models

FORWARD = """
create function workspace_refuse_clock() returns trigger language plpgsql as $$
begin
  raise exception 'a clock that stands is moved on, never back, and a test workspace stays one'
    using errcode = 'restrict_violation';
end
$$;
create trigger workspace_clock_forward before update of is_test, frozen_at on people_workspace
  for each row when (
    new.is_test <> old.is_test
    or (old.frozen_at is not null and (new.frozen_at is null or new.frozen_at < old.frozen_at)))
  execute function workspace_refuse_clock();
"""
BACK = """
drop trigger workspace_clock_forward on people_workspace;
drop function workspace_refuse_clock();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.AddField("workspace", "is_test", models.BooleanField(default=False)),
        migrations.AddField("workspace", "frozen_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "workspace",
            models.CheckConstraint(
                condition=models.Q(frozen_at__isnull=True) | models.Q(is_test=True),
                name="workspace_frozen_for_tests",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
