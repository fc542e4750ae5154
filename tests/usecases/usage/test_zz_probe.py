import time
from datetime import UTC, datetime, timedelta
import pytest
from django.db import connection
from quartermaster.core.periods import Period
from quartermaster.store import sql
from quartermaster.store.metering import queries
from tests.books import open_books
OLD = """select to_char(r.slot_at at time zone 'UTC', 'YYYY-MM-DD'), r.unit, sum(r.quantity)::bigint, sum(r.paid_micro)::bigint, sum(r.free_micro)::bigint
from metering_rollup r join people_bot b on b.id = r.bot_id left join metering_channel c on c.id = r.channel_id
where b.workspace_id = %(w)s and r.slot_at >= %(s)s and r.slot_at < %(e)s group by 1, 2 order by 1, 2"""
@pytest.mark.django_db
def test_it():
    b = open_books(*[f"b{n}" for n in range(20)]); at = datetime(2026,11,1,tzinfo=UTC); s = at - timedelta(days=365)
    sql.run("insert into metering_rollup (bot_id, slot_at, unit, channel_id, quantity, paid_micro, free_micro) select b, h, 'billing_session', c, 4, 800000, 0 from unnest(%(bots)s::bigint[]) b, generate_series(%(s)s::timestamptz, %(e)s, interval '15 minutes') h, generate_series(1, 2) c", bots=sql.bigints([x.id for x in b.bots.values()]), s=s, e=at)
    with connection.cursor() as c: c.execute("analyze metering_rollup")
    for name, f in (("old", lambda: sql.rows(OLD, w=b.workspace.id, s=s, e=at)), ("new", lambda: queries.usage(b.workspace.id, Period(s, at), "day", "UTC"))):
        for _ in range(2):
            t = time.perf_counter(); n = len(f()); print(name, n, round((time.perf_counter() - t) * 1000), "ms")
