"""The compiled loop and NumPy alone come to the same cut, event by event and array by array."""

import os
import subprocess
import sys
from dataclasses import fields
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.usage import compiled, sessions
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import NEVER, Cut, Events, State
from tests.core import exchanges, test_sessions
from tests.core.exchanges import MINUTE, TIMES, Exchange, Row
from tests.core.test_sessions import cases

WAYS = (sessions.cut_columns, compiled.cut)


def columns(rows: list[Row]) -> Events:
    """The rows as they come."""
    table = np.array(rows, np.int64).reshape(-1, len(Row._fields))
    return Events(
        table[:, 0], table[:, 1], table[:, 2].astype(np.uint8), table[:, 3].astype(np.bool_)
    )


def arrays(found: Cut) -> dict[str, Any]:
    """All of a cut: types and values."""
    parts = {
        f"{part.name}.{field.name}": getattr(getattr(found, part.name), field.name)
        for part in fields(Cut)
        for field in fields(getattr(found, part.name))
    }
    return {name: (column.dtype, column.tolist()) for name, column in parts.items()}


def cut_alike(events: Events, state: State, inactivity: tuple[int, ...]) -> Cut:
    """Both ways' cut, once they have agreed."""
    columns, loop = (way(events, state, np.array(inactivity, np.int64)) for way in WAYS)
    assert arrays(loop) == arrays(columns)
    return columns


def mixed(rows: list[Row], turns: list[int]) -> list[Row]:
    """Each thread's rows in order, its turn coming as `turns` has it."""
    waiting = {
        thread: iter(sorted(row for row in rows if row.thread == thread)) for thread in turns
    }
    return [next(waiting[thread]) for thread in turns]


@given(st.data(), exchanges.exchanges(), st.lists(TIMES, max_size=3))
@settings(max_examples=100, deadline=None)
def test_both_ways_agree_on_threads_that_are_mixed(
    data: st.DataObject, exchange: Exchange, instants: list[int]
) -> None:
    state = before = State.empty(len(exchange.inactivity))
    bounds = sorted(instants)
    for batch in range(len(bounds) + 1):
        rows = [row for row in exchange.rows if sum(at < row.time for at in bounds) == batch]
        turns = data.draw(st.permutations([row.thread for row in rows]))
        found = cut_alike(columns(mixed(rows, turns)), state, exchange.inactivity)
        grouped = sessions.cut_columns(
            exchanges.columns(tuple(rows)), before, np.array(exchange.inactivity)
        )
        assert exchanges.carried(found.state) == exchanges.carried(grouped.state)
        state, before = found.state, grouped.state


@given(exchanges.exchanges())
@settings(max_examples=100, deadline=None)
def test_both_ways_agree_on_sorted_events(exchange: Exchange) -> None:
    events = exchanges.columns(exchange.rows)
    cut_alike(events, State.empty(len(exchange.inactivity)), exchange.inactivity)


@cases(
    test_sessions.RULES,
    test_sessions.BLOCKS,
    test_sessions.SEGMENTS,
    test_sessions.ENDS,
    test_sessions.VOICE,
)
def test_both_ways_know_the_rules(text: str, inactivity: int, minutes: list[int]) -> None:
    exchange = exchanges.read(text, inactivity)
    cut_alike(exchanges.columns(exchange.rows), State.empty(1), exchange.inactivity)


def many(events: int, threads: int) -> Events:
    """Events of all kinds by time, threads mixed: more than one piece, and worth compiled code."""
    chance = np.random.default_rng(5)
    likely = [0.03, 0.03, 0.4, 0.4, 0.11, 0.03]
    return Events(
        chance.integers(0, threads, events),
        np.cumsum(chance.integers(1, 2 * MINUTE // (threads // 10), events)),
        chance.choice(6, events, p=likely).astype(np.uint8),
        chance.random(events) < 0.1,
    )


def test_many_events_in_pieces_are_cut_alike_whichever_way_is_taken() -> None:
    events, inactivity = many(250_000, 1_000), (15 * MINUTE, NEVER) * 500
    assert len(events.thread) > max(compiled.WORTH_EVENTS, sessions.PIECE_EVENTS)
    first = cut_alike(events, State.empty(1_000), inactivity)
    assert min(map(len, (first.billing.start, first.voice.start))) > 1_000
    later = events._replace(time=events.time + events.time[-1])
    then = cut_alike(later, first.state, inactivity)
    chosen = sessions.cut(later, first.state, np.array(inactivity))
    assert arrays(chosen) == arrays(then)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "rows",
    [
        [Row(0, 5, Kind.USER, False), Row(0, 4, Kind.USER, False)],
        [Row(1, 5, Kind.USER, False), Row(0, 1, Kind.BOT, False), Row(1, 4, Kind.BOT, False)],
        [Row(0, 5, Kind.ENDED, False), Row(0, 5, Kind.BOT, False)],
        [Row(0, -1, Kind.USER, False)],
        [Row(0, 5, Kind.API_REQUESTED, False)],
        [Row(2, 5, Kind.USER, False)],
        [Row(-1, 5, Kind.USER, False)],
    ],
    ids=["sorted", "mixed", "kind", "seen", "no message", "thread", "below"],
)
def test_what_cannot_be_cut_is_noticed(way: Any, rows: list[Row]) -> None:
    inactivity, state = np.full(2, 15 * MINUTE), State.empty(2)
    state.seen[0] = -1
    with pytest.raises(InvariantBroken):
        way(columns(rows), state, inactivity)


@pytest.mark.parametrize("way", WAYS)
def test_events_at_one_instant_are_no_disorder(way: Any) -> None:
    rows = [Row(0, 5, Kind.USER, False)] * 2 + [Row(0, 5, Kind.BOT, False)]
    found = way(columns(rows), State.empty(1), np.full(1, 15 * MINUTE))
    assert found.conversations.messages.tolist() == [3]


DIGEST = """
import sys, zlib
{before}
import numpy as np
from quartermaster.core.usage import compiled, sessions
from quartermaster.core.usage.state import State
from tests.core import test_compiled
assert compiled.is_there() is {is_there}
events = test_compiled.many(120_000, 1_000)
found = sessions.cut(events, State.empty(1_000), np.full(1_000, 15 * test_compiled.MINUTE))
print(zlib.crc32(repr(test_compiled.arrays(found)).encode()))
"""


@pytest.mark.parametrize(
    ("before", "is_there", "environment"),
    [
        ("sys.modules['numba'] = None", False, {}),
        ("", True, {"NUMBA_CACHE_LOCATOR_CLASSES": "ZipCacheLocator"}),
    ],
    ids=["without Numba", "nowhere to keep compiled code"],
)
def test_a_cut_needs_neither_numba_nor_its_cache(
    before: str, is_there: bool, environment: dict[str, str]
) -> None:
    program = DIGEST.format(before=before, is_there=is_there)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = many(120_000, 1_000)
    found = sessions.cut_columns(events, State.empty(1_000), np.full(1_000, 15 * MINUTE))
    assert done.stdout.split() == [str(crc32(repr(arrays(found)).encode()))]
