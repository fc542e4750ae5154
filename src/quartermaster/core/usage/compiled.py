"""The cutting of `sessions` once more: a loop over the events, compiled where Numba is there.

It takes the events as they come and keeps where each thread stands in one line of the processor's
cache, so nothing is sorted but what is found. `tests/core/test_compiled.py` holds the two together.
"""

import importlib
from functools import cache, wraps
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import (
    BLOCK_MICROS,
    NONE,
    Conversations,
    Cut,
    Events,
    Ints,
    Sessions,
    State,
    grouped,
)


@cache
def is_there() -> bool:
    """Whether Numba can be imported; where it is broken or missing, NumPy does as well."""
    try:
        importlib.import_module("numba")
    except ImportError:
        return False
    return True


_Rows = NDArray[Any]
_Columns = tuple[NDArray[Any], ...]
_KINDS: Final = 8
"""A moment is time * 8 + kind: the order in which the events of a thread take effect."""
_USER, _AGENT = int(Kind.USER), int(Kind.AGENT)
_TRANSFERRED, _ENDED = int(Kind.TRANSFERRED), int(Kind.ENDED)

# A thread: `State`, but `seen` is a moment, and `row` is its latest conversation's among those
# found (-1: none yet). 64 bytes; with 80, which are two lines of the cache, it is a third slower.
_THREAD: Final = np.dtype(
    [(name, np.int64) for name in ("start", "anchor", "last", "seen", "inactivity")]
    + [(name, np.int32) for name in ("block", "voice_block", "messages", "row")]
    + [(name, np.bool_) for name in ("transferred", "closed", "pending")],
    align=True,
)
_FOUND: Final = np.dtype(
    [(name, np.int64) for name in ("thread", "start", "end", "anchor", "messages")]
    + [(name, np.bool_) for name in ("continued", "transferred_at_start")],
    align=True,
)

WORTH_EVENTS: Final = 100_000
"""NumPy cuts fewer in a few milliseconds: less than it takes to load the compiled loop."""


def _machine_code(loop: Any) -> Any:
    """The loop, compiled at its first call: Numba alone takes a hundred megabytes, which processes
    that never cut so much at once do without."""

    @cache
    def compiled() -> Any:
        numba = importlib.import_module("numba")
        try:
            return numba.njit(cache=True)(loop)
        except RuntimeError:  # no folder for it can be written to
            return numba.njit(loop)

    @wraps(loop)
    def run(*columns: Any) -> Any:
        return compiled()(*columns)

    return run


def cut(events: Events, state: State, inactivity: Ints) -> Cut:
    """What `sessions.cut` gives; only where `is_there`."""
    size = len(events.thread)
    rows = np.empty(len(inactivity), _THREAD)
    found = np.empty(size, _FOUND)
    billing, voice = _room(size), _room(int(np.count_nonzero(events.voice)))
    _begin(_fields(state), np.ascontiguousarray(inactivity), rows)
    lined_up = Events(*map(np.ascontiguousarray, events))
    many, made, spoken, at = _walk(lined_up, rows, found, billing, voice)
    if at < size:
        raise InvariantBroken(f"event {at} is none to be cut, of no thread, or out of order")
    found = found[:many]
    after = State(*map(np.empty_like, _fields(state)))
    _finish(rows, found, _fields(after))
    continued = found["continued"]
    found["transferred_at_start"][continued] = state.transferred[found["thread"][continued]]
    order = _order(found["thread"])
    return Cut(
        Conversations(*(_ordered(found[name], order) for name in _FOUND.names or ())),
        _sessions(billing, made, order),
        _sessions(voice, spoken, order),
        after,
    )


def _room(size: int) -> _Columns:
    """Columns for as many sessions; memory is taken only as they are written to."""
    return tuple(np.empty(size, np.int64) for _ in Sessions.__dataclass_fields__)


def _sessions(columns: _Columns, many: int, order: Ints | None) -> Sessions:
    """By conversation; `order` is the one into which the conversations were put."""
    conversation, start, event = (column[:many] for column in columns)
    if order is not None:
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        conversation = rank[conversation]
    rows = _order(conversation)
    return Sessions(*(_ordered(column, rows) for column in (conversation, start, event)))


def _fields(state: State) -> _Columns:
    return tuple(np.ascontiguousarray(getattr(state, name)) for name in State.__dataclass_fields__)


def _order(keys: Ints) -> Ints | None:
    """None for keys that are in order already."""
    return None if (keys[1:] >= keys[:-1]).all() else grouped(keys)


def _ordered(column: NDArray[Any], order: Ints | None) -> NDArray[Any]:
    """Column by column: NumPy takes ten times as long to put whole rows in order."""
    return np.ascontiguousarray(column) if order is None else column[order]


@_machine_code
def _begin(state: _Columns, inactivity: Ints, rows: _Rows) -> None:
    """Lays the state out by thread."""
    start, anchor, last, seen, block, voice_block, messages, transferred, closed, pending = state
    for thread in range(len(rows)):
        row = rows[thread]
        row.start, row.anchor, row.last = start[thread], anchor[thread], last[thread]
        # At an instant that was seen, every kind is too early.
        moment = seen[thread] * _KINDS + (_KINDS - 1)
        row.seen = moment if seen[thread] != NONE else NONE
        row.inactivity = inactivity[thread]
        row.block, row.voice_block = block[thread], voice_block[thread]
        row.messages, row.row = messages[thread], -1
        row.transferred, row.closed = transferred[thread], closed[thread]
        row.pending = pending[thread]


@_machine_code
def _walk(
    events: Events, rows: _Rows, found: _Rows, billing: _Columns, voice: _Columns
) -> tuple[int, int, int, int]:
    """Returns how many conversations, sessions and voice sessions it wrote, and the event at which
    it stopped. What each thread's last conversation came to stays in the thread's row."""
    threads, times, kinds, voices = events
    conversation_of, start_of, event_of = billing
    conversations = sessions = spoken = 0
    for at in range(len(threads)):
        thread, now, kind = threads[at], times[at], kinds[at]
        if thread < 0 or thread >= len(rows) or kind > _ENDED:
            return conversations, sessions, spoken, at
        row = rows[thread]
        moment = now * _KINDS + kind
        if moment < row.seen:
            return conversations, sessions, spoken, at
        row.seen = moment

        is_over = row.closed or row.last == NONE or now - row.last > row.inactivity
        if kind <= _TRANSFERRED or kind == _ENDED:
            row.transferred = kind == _TRANSFERRED and not is_over
            row.pending = kind == _TRANSFERRED and is_over
            row.closed = row.closed or (kind == _ENDED and row.last != NONE)
            continue

        if is_over or row.row < 0:
            if row.row >= 0:
                one = found[row.row]
                one.end, one.anchor, one.messages = row.last, row.anchor, row.messages
            if is_over:
                row.start, row.anchor, row.messages = now, NONE, 0
                row.block = row.voice_block = -1
                row.transferred = row.pending
            row.closed = row.pending = False
            row.row = conversations
            one = found[conversations]
            one.thread, one.start, one.continued = thread, row.start, not is_over
            one.transferred_at_start = row.transferred
            conversations += 1
        row.last = now
        row.messages += 1

        if row.anchor == NONE and kind == _USER:
            row.anchor = now
        anchor, before = row.anchor, row.block
        if anchor == NONE:
            continue
        block = max(now - anchor - 1, 0) // BLOCK_MICROS
        start = anchor + block * BLOCK_MICROS
        # Written for each message and kept where it counts: a branch would be foretold badly.
        counts = (block > before) & (kind != _AGENT) & (not row.transferred)
        conversation_of[sessions], start_of[sessions], event_of[sessions] = row.row, start, at
        sessions += counts
        row.block = block if counts else before
        if voices[at] and block > row.voice_block:
            row.voice_block = block
            voice[0][spoken], voice[1][spoken], voice[2][spoken] = row.row, start, at
            spoken += 1
    return conversations, sessions, spoken, len(threads)


@_machine_code
def _finish(rows: _Rows, found: _Rows, state: _Columns) -> None:
    """Takes what `_walk` left in the rows over into the state and the latest conversations."""
    start, anchor, last, seen, block, voice_block, messages, transferred, closed, pending = state
    for thread in range(len(rows)):
        row = rows[thread]
        start[thread], anchor[thread], last[thread] = row.start, row.anchor, row.last
        seen[thread] = row.seen // _KINDS if row.seen != NONE else NONE
        block[thread], voice_block[thread] = row.block, row.voice_block
        messages[thread], transferred[thread] = row.messages, row.transferred
        closed[thread], pending[thread] = row.closed, row.pending
        if row.row >= 0:
            one = found[row.row]
            one.end, one.anchor, one.messages = row.last, row.anchor, row.messages
