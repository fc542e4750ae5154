from django.db import migrations

FORWARD = """
create function notices_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'notices are never changed or deleted'
    using errcode = 'restrict_violation';
end
$$;
create trigger notice_said before delete or update of public_id, workspace_id, bot_id, key, cause,
  "to", email, fields, links, at
  on notices_notice for each row
  execute function notices_refuse_change();
create trigger notice_sent_once before update of sent_at
  on notices_notice for each row when (old.sent_at is not null)
  execute function notices_refuse_change();
"""
BACK = """
drop trigger notice_said on notices_notice;
drop trigger notice_sent_once on notices_notice;
drop function notices_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
