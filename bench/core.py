"""The rules alone: messages into sessions, on one core, by NumPy and by the compiled loop.

Measured in seconds of the processor: there is one thread and no waiting, and what else runs on the
machine then counts for less.
"""

import statistics
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from bench.figures import Figure
from quartermaster.core.usage import compiled, sessions
from quartermaster.core.usage.state import Cut, Events, Ints, State

MESSAGES = 20_000_000
USERS = 200_000
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
BATCH = 500_000

Way = Callable[[Events, State, Ints], Cut]
WAYS: Final[dict[str, Way]] = {"NumPy": sessions.cut_columns}
if compiled.IS_THERE:
    WAYS["compiled"] = compiled.cut


def run() -> list[Figure]:
    """The same messages sorted and at once, and as they arrive, in batches with the state carried
    along; and messages so far apart that nearly each is a conversation of its own. Sorting where
    it is needed is part of the work."""
    messages = _messages()
    limit = MESSAGES / _seconds(lambda: [column.sum() for column in messages[:3]]) / 1e6
    arrived = messages.take(np.argsort(messages.time, kind="stable"))
    scattered = _scattered()
    figures = []
    for name, way in WAYS.items():
        way(messages.rows(0, 1_000, 0), State.empty(USERS), _inactivity())  # compiles
        wanted = {"NumPy": 40, "compiled": 0.4 * limit}[name]
        speed = _speed(way, messages, MESSAGES)
        figures.append(_figure(f"core, 20 M messages, sorted, {name}", speed, wanted, limit))
        speed = _speed(way, arrived, BATCH)
        figures.append(_figure(f"core, 20 M as they arrive, {name}", speed, 20, limit))
        speed = _speed(way, scattered, BATCH)
        figures.append(_figure(f"core, 5 M scattered, {name}", speed, 20, limit))
    return figures


def _seconds(act: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        begun = time.process_time()
        act()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


def _figure(name: str, speed: float, wanted: float, limit: float) -> Figure:
    return Figure(
        name, speed, "M/s", target=round(wanted), limit=limit, note="limit: reading the columns"
    )


def _inactivity() -> Ints:
    return np.full(USERS, 15 * MINUTE)


def _messages() -> Events:
    """Sorted by user: each writes a hundred, about three minutes apart, from an instant of a day
    on, so that thousands write at a time."""
    chance = np.random.default_rng(1)
    gap = chance.exponential(3 * MINUTE, (USERS, MESSAGES // USERS)).astype(np.int64)
    gap[:, 0] = chance.integers(0, DAY, USERS)
    return Events(
        np.repeat(np.arange(USERS), MESSAGES // USERS),
        np.cumsum(gap, axis=1).ravel(),
        chance.integers(2, 4, MESSAGES).astype(np.uint8),
        np.zeros(MESSAGES, np.bool_),
    )


def _scattered() -> Events:
    """By time: any user may be next, and hours pass until the same one is."""
    chance = np.random.default_rng(2)
    messages = MESSAGES // 4
    return Events(
        chance.integers(0, USERS, messages),
        np.cumsum(chance.integers(1, 2_000, messages)) * 100,
        chance.integers(2, 4, messages).astype(np.uint8),
        np.zeros(messages, np.bool_),
    )


def _speed(way: Way, events: Events, batch: int) -> float:
    """Millions of messages a second."""

    messages = len(events.thread)

    def pass_through() -> None:
        state, inactivity = State.empty(USERS), _inactivity()
        for start in range(0, messages, batch):
            state = way(events.rows(start, start + batch, 0), state, inactivity).state

    return messages / _seconds(pass_through) / 1e6
