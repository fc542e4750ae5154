"""What grows with the stored history: the same measurements at 1, 10 and 100 times as much."""

import os
import time
from datetime import UTC, datetime, timedelta

from django.db import transaction

from bench import installation, load, workspace
from bench.figures import Figure, median_seconds, percentile
from bench.metering import empty_log, fill, size
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Accepted, Submission
from quartermaster.store.metering import figures
from quartermaster.store.people.models import Workspace

SMALLEST = int(os.environ.get("BENCH_GROWTH_EVENTS", "50000"))
NEW, SERVED = 50_000, 100_000
"""Events that each round of measuring adds to the history."""


def run() -> list[Figure]:
    """One workspace whose history grows; each row is told with the events stored by then."""
    workspace.migrate()
    where, bots, names, key = workspace.make(20)
    stored, found, before = 0, [], size()
    for times in (1, 10, 100):
        missing = SMALLEST * times - stored
        fill(where.id, workspace.messages(missing, bots, seed=times))
        empty_log()
        stored += missing
        per_event = (size() - before) / stored
        figures = [
            _drained(where.id, bots, seed=1_000 + times),
            _late(where.id, bots, seed=times),
            *_served(names, key, seed=2_000 + times),
            Figure("bytes stored per event", per_event, "bytes"),
            _read(where),
        ]
        stored += NEW + SERVED
        found += [_at(figure, f"{SMALLEST * times / 1e6:g} M events") for figure in figures]
    return sorted(found, key=lambda one: one.name)


def _at(figure: Figure, history: str) -> Figure:
    return Figure(figure.name, figure.value, figure.unit, note=f"history of {history}")


def _drained(where: int, bots: list[int], seed: int) -> Figure:
    fill(where, workspace.messages(NEW, bots, seed=seed))
    stored, _, seconds = empty_log()
    return Figure("drain", stored / seconds, "events/s")


def _late(where: int, bots: list[int], seed: int) -> Figure:
    """A hundred messages of known users, each before what they wrote last: as many re-cuts."""
    (batch,) = workspace.messages(100, bots, seed=7_000 + seed)
    batch.user = [f"user-{seed}-{place}" for place in range(100)]
    log, at = EventTable(), datetime.now(UTC)
    batch.time = [int((at - timedelta(days=6)).timestamp() * 1_000_000)] * 100
    with transaction.atomic():
        log.append(Submission(where, f"late-{seed}", at, _of_known_bots(batch, bots), []))
    _, _, seconds = empty_log()
    return Figure("a hundred late messages", seconds * 1000, "ms")


def _of_known_bots(batch: Accepted, bots: list[int]) -> Accepted:
    """Where the generator puts these users: by their number."""
    batch.bot = [bots[place % len(bots)] for place in range(len(batch))]
    return batch


def _served(names: list[str], key: str, seed: int) -> list[Figure]:
    bodies = workspace.bodies(SERVED, 1_000, names, seed=seed)
    requests = [load.request("/v1/events", key, body) for body in bodies]
    gate = [load.request(f"/v1/bots/{name}/gate", key) for name in names] * 50
    with installation.serving(meters=0) as port:
        load.fire(port, gate[:20], 1)
        asked = load.fire(port, gate, 1)
        answers = load.fire(port, requests, 4)
    assert not asked.failed + answers.failed
    begun = time.perf_counter()
    empty_log()
    return [
        Figure("gate, one question at a time: p99", percentile(asked.seconds, 99) * 1000, "ms"),
        Figure("door, batches of 1,000", SERVED / answers.spent, "events/s"),
        Figure("drain after the door", SERVED / (time.perf_counter() - begun), "events/s"),
    ]


def _read(where: Workspace) -> Figure:
    end = datetime.now(UTC)
    period = Period(end - timedelta(days=365), end)
    seconds = median_seconds(lambda: figures.usage(where, period, "day", "UTC"))
    return Figure("a year of roll-ups by day", seconds * 1000, "ms")
