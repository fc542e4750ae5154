"""The door and the gate as clients see them, the load generator on the same machine."""

import threading
import time

from django.db import connection

from bench import installation, load, workspace
from bench.figures import Figure, percentile
from quartermaster.adapters.event_log import codec
from quartermaster.store import sql
from quartermaster.store.metering.models import EventBatch

BATCHES = 600
SINGLES = 60_000
STEADY_SECONDS = 20
STEADY_PER_SECOND = 5_000


def run() -> list[Figure]:
    """First the door without a meter, then everything at a steady rate."""
    workspace.migrate()
    with installation.serving(meters=0) as port:
        found = [_batches(port), *_singles(port)]
    EventBatch.objects.all().delete()
    with installation.serving(meters=1) as port:
        return found + _steady(port)


def _batches(port: int) -> Figure:
    _, ids, names, key = workspace.make(20)
    bodies = workspace.bodies(20_000, 1_000, names)
    requests = [load.request("/v1/events", key, body) for body in bodies] * (BATCHES // 20)
    load.fire(port, requests[:20], 4)
    answers = load.fire(port, requests, 4)
    assert not answers.failed
    return Figure(
        "door, batches of 1,000, durable",
        BATCHES * 1_000 / answers.spent,
        "events/s",
        150_000,
        limit=_bare_inserts(ids),
        note="limit: inserts of the same bodies",
    )


def _bare_inserts(ids: list[int]) -> float:
    """Events a second by one connection that commits each body by itself."""
    (batch,) = workspace.messages(1_000, ids)
    body = codec.encode(batch)
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists bench_log (id bigserial primary key, b bytea)")
        cursor.execute("alter table bench_log alter b set storage external")
        begun = time.perf_counter()
        for _ in range(BATCHES):
            cursor.execute("insert into bench_log (b) values (%s)", [body])
        seconds = time.perf_counter() - begun
        cursor.execute("drop table bench_log")
    return BATCHES * 1_000 / seconds


def _singles(port: int) -> list[Figure]:
    _, _, names, key = workspace.make(20)
    requests = [load.request("/v1/events", key, b) for b in workspace.bodies(SINGLES, 1, names)]
    load.fire(port, requests[:2_000], 64)
    answers = load.fire(port, requests[2_000:], 64)
    assert not answers.failed
    return [
        Figure(
            "door, one event a request, 64 connections",
            (SINGLES - 2_000) / answers.spent,
            "requests/s",
            8_000,
        ),
        Figure(
            "door, the same: p99",
            percentile(answers.seconds, 99) * 1000,
            "ms",
            50,
            is_most=True,
        ),
    ]


def _steady(port: int) -> list[Figure]:
    """5,000 events a second in batches of 50; the gate is asked meanwhile."""
    where, _, names, key = workspace.make(20)
    events = STEADY_SECONDS * STEADY_PER_SECOND
    bodies = workspace.bodies(events, 50, names)
    requests = [load.request("/v1/events", key, body) for body in bodies]
    gate = [load.request(f"/v1/bots/{names[0]}/gate", key)] * (STEADY_SECONDS * 50)
    asked: list[load.Answers] = []
    asking = threading.Thread(target=lambda: asked.append(load.fire(port, gate, 2, 50)))
    asking.start()
    load.fire(port, requests, 8, STEADY_PER_SECOND / 50)
    asking.join()
    _until_metered(where.id)
    (late,) = sql.rows(
        "select percentile_cont(0.99) within group (order by extract(epoch from "
        "done_at - received_at))::float8 from metering_eventbatch where workspace_id = %(w)s",
        w=where.id,
    )[0]
    return [
        Figure(
            "event → charged, at 5,000 events/s: p99",
            late,
            "s",
            2,
            is_most=True,
            note="until its meter's transaction began, plus that transaction",
        ),
        Figure(
            "gate while 5,000 events/s come in: p99",
            percentile(asked[0].seconds, 99) * 1000,
            "ms",
            10,
            is_most=True,
        ),
    ]


def _until_metered(where: int) -> None:
    while EventBatch.objects.filter(workspace_id=where, done_at=None).exists():
        time.sleep(0.05)
