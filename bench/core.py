"""The rules alone: messages into sessions, on one core."""

import numpy as np

from bench.figures import Figure, median_seconds
from quartermaster.core.usage import sessions
from quartermaster.core.usage.state import Events, Ints, State

MESSAGES = 20_000_000
USERS = 200_000
MINUTE = 60_000_000


def run() -> list[Figure]:
    """Sorted input at once, and arrival order in batches with the state carried along."""
    return [_sorted(), _arrival()]


def _inactivity() -> Ints:
    return np.full(USERS, 15 * MINUTE)


def _sorted() -> Figure:
    chance = np.random.default_rng(1)
    time = np.cumsum(chance.exponential(3 * MINUTE, MESSAGES).astype(np.int64))
    kind = chance.integers(2, 4, MESSAGES).astype(np.uint8)
    thread = np.repeat(np.arange(USERS), MESSAGES // USERS)
    events = Events(thread, time, kind, np.zeros(MESSAGES, np.bool_))
    state, inactivity = State.empty(USERS), _inactivity()
    seconds = median_seconds(lambda: sessions.cut(events, state, inactivity), 3)
    read = median_seconds(lambda: (time.sum(), thread.sum(), kind.sum()), 3)
    return Figure(
        "core, 20 M messages, sorted",
        MESSAGES / seconds / 1e6,
        "M/s",
        target=40,
        limit=MESSAGES / read / 1e6,
        note="limit: reading the columns",
    )


def _arrival(batch: int = 500_000) -> Figure:
    """Batches by time over all users; sorting each batch by thread is part of the work."""
    chance = np.random.default_rng(2)
    messages = MESSAGES // 4
    time = np.cumsum(chance.integers(1, 2_000, messages)) * 100
    thread = chance.integers(0, USERS, messages)
    kind = chance.integers(2, 4, messages).astype(np.uint8)
    voice = np.zeros(messages, np.bool_)

    def pass_through() -> None:
        state, inactivity = State.empty(USERS), _inactivity()
        for start in range(0, messages, batch):
            part = slice(start, start + batch)
            events, _ = Events.sorted(thread[part], time[part], kind[part], voice[part])
            state = sessions.cut(events, state, inactivity).state

    seconds = median_seconds(pass_through, 3)
    return Figure("core, arrival order, 200 k users", messages / seconds / 1e6, "M/s", target=20)
