"""The meter apart from the door: draining, the hot wallet, bytes, and reading a year."""

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
from django.db import connection, transaction

from bench import workspace
from bench.figures import Figure, median_seconds
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Accepted, Submission
from quartermaster.store import sql
from quartermaster.store.metering import figures
from quartermaster.usecases.usage.meter_events import Policy, meter_events

EVENTS = 500_000


def run() -> list[Figure]:
    """Each in a workspace of its own."""
    workspace.migrate()
    return [*_drain(), _planned(), *_hot_wallets(), _year()]


def fill(where: int, batches: Iterable[Accepted]) -> None:
    """Appends batches to the log, as if they had come in now."""
    log, at = EventTable(), datetime.now(UTC)
    with transaction.atomic():
        for batch in batches:
            log.append(Submission(where, uuid.uuid4().hex, at, batch, []))


def empty_log() -> tuple[int, int, float]:
    """Events, sessions and seconds until nothing waits."""
    log, policy, stored, made = EventTable(), Policy(), 0, 0
    begun = time.perf_counter()
    while (metered := meter_events(log, policy, datetime.now(UTC))) is not None:
        stored, made = stored + metered.stored, made + metered.sessions
    return stored, made, time.perf_counter() - begun


def size() -> int:
    """Bytes of all tables that grow with events, with their indexes, after vacuum."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute(
            "select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' "
            "and relname ~ '^(metering|ledger|wallets)_' and relname <> 'metering_eventbatch'"
        )
        return int(cursor.fetchone()[0])


def _drain() -> list[Figure]:
    before = size()
    where, bots, _, _ = workspace.make(20)
    fill(where.id, workspace.messages(EVENTS, bots))
    stored, made, seconds = empty_log()
    grown = size() - before
    return [
        Figure("drain: log to charges", stored / seconds, "events/s", 50_000, limit=_copy_limit()),
        Figure(
            "bytes stored per event",
            grown / stored,
            "bytes",
            250,
            is_most=True,
            note=f"{stored / made:.1f} events a session; without the log",
        ),
    ]


def _planned() -> Figure:
    """The same with a plan for each bot: included sessions, then tiers."""
    where, bots, _, _ = workspace.make(20)
    workspace.subscribe(where, datetime.now(UTC) - timedelta(days=10))
    fill(where.id, workspace.messages(EVENTS, bots, seed=4))
    stored, _, seconds = empty_log()
    return Figure("drain: bots with plans", stored / seconds, "events/s", 50_000)


def _copy_limit(rows: int = 300_000) -> float:
    """Rows a second by bare COPY into a table like the events' with its unique index."""
    chance = np.random.default_rng(9)
    sizes = {"key": "V16", "content": ">i8", "thread": ">i8", "at": ">i8"}
    form = [("n", ">i2")]
    for name, kind in sizes.items():
        form += [(f"size of {name}", ">i4"), (name, kind)]
    cells = np.zeros(rows, form)
    cells["n"] = len(sizes)
    for name, kind in sizes.items():
        cells[f"size of {name}"] = np.dtype(kind).itemsize
    cells["key"] = np.frombuffer(chance.bytes(16 * rows), "V16")
    body = b"PGCOPY\n\xff\r\n\0" + bytes(8) + cells.tobytes() + b"\xff\xff"
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bench_copy")
        cursor.execute(
            "create table bench_copy (key uuid primary key, content bigint, thread bigint, "
            "at timestamptz)"
        )
        begun = time.perf_counter()
        with connection.connection.cursor().copy(
            "copy bench_copy from stdin (format binary)"
        ) as copy:
            copy.write(body)
        seconds = time.perf_counter() - begun
        cursor.execute("drop table bench_copy")
    return rows / seconds


def _hot_wallets() -> list[Figure]:
    """All sessions of one bot: every message begins one, of users it knows, and of new ones."""
    found = []
    for users, target, note in ((5_000, 20_000, "of known users"), (100_000, None, "of new users")):
        where, bots, _, _ = workspace.make(1)
        batches = workspace.sessions(105_000, bots, users)
        fill(where.id, islice(batches, 5))
        empty_log()
        fill(where.id, batches)
        _, made, seconds = empty_log()
        found.append(Figure(f"one hot wallet, {note}", made / seconds, "charges/s", target))
    return found


def _year() -> Figure:
    """One year of one workspace's roll-ups by day, over 5 million sessions in them."""
    where, ids, _, _ = workspace.make(20)
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    where_from = (
        "from unnest(%(bots)s::bigint[]) b, generate_series(%(start)s::timestamptz, %(end)s, "
        "interval '15 minutes') s, generate_series(1, 2) c"
    )
    sql.run(
        "insert into metering_rollup (bot_id, slot_at, unit, channel_id, quantity, paid_micro, "
        f"free_micro) select b, s, 'billing_session', c, 4, 800000, 0 {where_from}",
        bots=sql.bigints(ids),
        start=at - timedelta(days=365),
        end=at,
    )
    sql.run(
        "insert into metering_dayrollup (bot_id, day, unit, channel_id, quantity, paid_micro, "
        "free_micro) select bot_id, slot_at::date, unit, channel_id, sum(quantity), "
        "sum(paid_micro), sum(free_micro) from metering_rollup "
        "where bot_id = any(%(bots)s::bigint[]) group by 1, 2, 3, 4",
        bots=sql.bigints(ids),
    )
    for table, column, source in (
        ("workspacerollup", "slot_at", "rollup"),
        ("workspaceday", "day", "dayrollup"),
    ):
        sql.run(
            f"insert into metering_{table} (workspace_id, {column}, unit, channel_id, quantity, "
            f"paid_micro, free_micro) select %(here)s, {column}, unit, channel_id, sum(quantity), "
            f"sum(paid_micro), sum(free_micro) from metering_{source} "
            "where bot_id = any(%(bots)s::bigint[]) group by 1, 2, 3, 4",
            here=where.id,
            bots=sql.bigints(ids),
        )
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    period = Period(at - timedelta(days=365), at)
    assert len(figures.usage(where, period, "day", "UTC")) >= 365
    seconds = median_seconds(lambda: figures.usage(where, period, "day", "UTC"))
    return Figure("a year of roll-ups by day", seconds * 1000, "ms", 50, is_most=True)
