"""Half the top speed for half an hour: memory, lag and tables must stay as they are.

The top speed is what door and meter reach together on this machine, the sender beside them.
"""

import os
import secrets
import statistics
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil

from bench import installation, load, workspace
from bench.figures import Figure
from quartermaster.store import sql
from quartermaster.store.metering import queries

MINUTES = float(os.environ.get("BENCH_SOAK_MINUTES", "30"))
FLOOD = 500_000
BATCH = 500
_ROUND = b"00000000-"
_SECOND = b"2000-01-01T00:00:00"
_PAUSE_SECONDS = 5.0
_GROWING = ("metering_event", "metering_rollup", "metering_conversation", "wallets_lot")


@dataclass(slots=True)
class Samples:
    """One value every few seconds: resident bytes by role, lag, rows waiting for vacuum."""

    memory: dict[str, list[float]] = field(default_factory=dict)
    lag_seconds: list[float] = field(default_factory=list)
    dead_share: list[float] = field(default_factory=list)


def run() -> list[Figure]:
    """Floods to find the top speed, then sends half of it."""
    workspace.migrate()
    _, _, names, key = workspace.make(20)
    bodies = _templates(names)
    with installation.serving(meters=1) as port:
        begun = time.perf_counter()
        load.fire(port, [_fresh(bodies, key, n) for n in range(FLOOD // BATCH)], 8)
        _until_metered()
        top = FLOOD / (time.perf_counter() - begun)
        samples, is_done = Samples(), threading.Event()
        watching = threading.Thread(target=_watch, args=(samples, is_done))
        watching.start()
        sent = _send(port, bodies, key, top / 2)
        is_done.set()
        watching.join()
        _until_metered()
    return _figures(samples, top, sent)


def _templates(names: list[str]) -> list[bytes]:
    """Bodies whose ids and times are filled in when they are sent."""
    made = []
    for number in range(40):
        events = ",".join(
            f'{{"id":"{_ROUND.decode()}{number}-{place}","type":"message",'
            f'"time":"{_SECOND.decode()}.{place:06}Z","bot":"{names[place % len(names)]}",'
            f'"user":"user-{(number * BATCH + place) % 10_007}",'
            f'"sender":"{"bot" if place % 2 else "user"}","channel":"web"}}'
            for place in range(BATCH)
        )
        made.append(f"[{events}]".encode())
    return made


def _fresh(bodies: list[bytes], key: str, number: int) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
    mark = secrets.token_hex(4).encode() + b"-"
    body = bodies[number % len(bodies)].replace(_ROUND, mark).replace(_SECOND, now)
    return load.request("/v1/events", key, body)


def _send(port: int, bodies: list[bytes], key: str, per_second: float) -> int:
    """A second's requests at a time, made just before they are sent; how many events."""
    sent, end = 0, time.monotonic() + MINUTES * 60
    while time.monotonic() < end:
        requests = [_fresh(bodies, key, number) for number in range(int(per_second / BATCH))]
        answers = load.fire(port, requests, 8, per_second / BATCH)
        assert not answers.failed
        sent += len(requests) * BATCH
    return sent


def _until_metered() -> None:
    while queries.lag(datetime.now(UTC))[1]:
        time.sleep(0.2)


def _watch(samples: Samples, is_done: threading.Event) -> None:
    while not is_done.wait(_PAUSE_SECONDS):
        for role, size in _memory().items():
            samples.memory.setdefault(role, []).append(size)
        samples.lag_seconds.append(queries.lag(datetime.now(UTC))[0])
        live, dead = sql.rows(
            "select sum(n_live_tup)::float8, sum(n_dead_tup)::float8 from pg_stat_user_tables"
        )[0]
        samples.dead_share.append(dead / max(1.0, live))


def _memory() -> dict[str, float]:
    """Resident bytes of our processes by role, those of PostgreSQL without what they share."""
    (backend,) = sql.rows("select pg_backend_pid()")[0]
    found = {"PostgreSQL": 0.0}
    for process in psutil.Process(backend).parent().children():  # type: ignore[union-attr]
        with suppress(psutil.NoSuchProcess):
            memory = process.memory_info()
            found["PostgreSQL"] += memory.rss - memory.shared
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            words = process.cmdline()
            role = "server" if "granian" in words else words[-1]
            if role in ("server", "meter", "jobs"):
                found[role] = found.get(role, 0) + process.memory_info().rss
    return found


def _figures(samples: Samples, top: float, sent: int) -> list[Figure]:
    note = f"over {MINUTES:g} minutes"
    (vacuums,) = sql.rows(
        "select sum(autovacuum_count)::float8 from pg_stat_user_tables "
        "where relname = any(%(tables)s)",
        tables=list(_GROWING),
    )[0]
    found = [
        Figure("soak: top speed of door and meter together", top, "events/s"),
        Figure("soak: sent and metered", sent / (MINUTES * 60), "events/s", note=note),
    ]
    for role, sizes in sorted(samples.memory.items()):
        first, last = _thirds(sizes)
        found.append(
            Figure(
                f"soak: memory of {role}, last third to first",
                last / first,
                "times",
                1.15,
                is_most=True,
                note=f"{last / 1e6:.0f} MB at the end",
            )
        )
    first, last = _thirds(samples.lag_seconds)
    return [
        *found,
        Figure("soak: lag, most", max(samples.lag_seconds), "s", 2, is_most=True),
        Figure("soak: lag, last third", last, "s", note=f"first third {first:.2f} s"),
        Figure("soak: dead rows to live ones, most", 100 * max(samples.dead_share), "%"),
        Figure("soak: runs of autovacuum on the tables that change", vacuums, "runs", 1),
    ]


def _thirds(values: list[float]) -> tuple[float, float]:
    """The medians of the first and the last third; the first minute, when caches fill, is out."""
    settled = values[int(60 / _PAUSE_SECONDS) :] or values
    third = max(1, len(settled) // 3)
    return statistics.median(settled[:third]), statistics.median(settled[-third:])
