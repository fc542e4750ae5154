"""Conversations → billing sessions: 15-minute blocks with activity (RULES: messages to sessions).

One function, `cut`, serves the live stream, imports and estimates: columns in, columns out, with
the state carried from call to call. Cutting all at once and cutting in time-ordered batches with
the carried state give the same sessions.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from quartermaster.core.usage import conversations
from quartermaster.core.usage.conversations import Messages
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import (
    NONE,
    Conversations,
    Cut,
    Events,
    Flags,
    Ints,
    Sessions,
    State,
)

BLOCK_MICROS: Final = 15 * 60 * 1_000_000
MIN_INACTIVITY_SECONDS: Final = 5 * 60
MAX_INACTIVITY_SECONDS: Final = 14 * 86_400
DEFAULT_INACTIVITY_SECONDS: Final = 15 * 60


def cut(events: Events, state: State, inactivity: Ints) -> Cut:
    """Conversations and new sessions of sorted events.

    `state` and `inactivity` (microseconds, `state.NEVER` for threads keyed by conversation) have
    one row per thread. In each thread all events must be later than `state.seen`.
    """
    messages, found, rows = conversations.divide(events, state, inactivity)
    in_block = _blocks(messages, found)
    carried = found.continued
    billable = (in_block >= 0) & ~messages.is_agent & ~messages.transferred
    billing, block = _sessions(
        messages, found, in_block, billable, np.where(carried, state.block[found.thread], -1)
    )
    spoken = (in_block >= 0) & events.voice[messages.at]
    voice, voice_block = _sessions(
        messages, found, in_block, spoken, np.where(carried, state.voice_block[found.thread], -1)
    )
    after = _carry(events, state, inactivity, found, messages, rows)
    latest = _latest_rows(found)
    after.block[found.thread[latest]] = block[latest]
    after.voice_block[found.thread[latest]] = voice_block[latest]
    return Cut(found, billing, voice, after)


def _blocks(messages: Messages, found: Conversations) -> Ints:
    """The block of each message; -1 before the anchor and where there is none."""
    anchor = found.anchor[messages.conversation]
    offset = messages.time - np.where(anchor == NONE, messages.time, anchor)
    block = np.maximum((offset - 1) // BLOCK_MICROS, 0)
    return np.where((anchor == NONE) | (offset < 0), -1, block)


def _sessions(
    messages: Messages, found: Conversations, in_block: Ints, active: Flags, counted: Ints
) -> tuple[Sessions, Ints]:
    """The first active message of each block after those `counted` per conversation row.

    The second result is `counted` brought up to date.
    """
    places = np.flatnonzero(active)
    row, block = messages.conversation[places], in_block[places]
    is_first = np.ones(len(places), np.bool_)
    is_first[1:] = (row[1:] != row[:-1]) | (block[1:] != block[:-1])
    is_first &= block > counted[row]
    row, block, places = row[is_first], block[is_first], places[is_first]
    after = counted.copy()
    after[row] = block
    start = found.anchor[row] + block * BLOCK_MICROS
    return Sessions(row, start, messages.at[places]), after


def _latest_rows(found: Conversations) -> Ints:
    """The last conversation row of each thread that has one."""
    is_last = np.ones(len(found.thread), np.bool_)
    np.not_equal(found.thread[1:], found.thread[:-1], out=is_last[:-1])
    return np.flatnonzero(is_last)


def _carry(
    events: Events,
    state: State,
    inactivity: Ints,
    found: Conversations,
    messages: Messages,
    rows: Ints,
) -> State:
    """The state after these events, but for the blocks."""
    after = replace(
        state, **{name: getattr(state, name).copy() for name in State.__dataclass_fields__}
    )
    latest = _latest_rows(found)
    threads = found.thread[latest]
    after.start[threads] = found.start[latest]
    after.anchor[threads] = found.anchor[latest]
    after.last[threads] = found.end[latest]
    after.messages[threads] = found.messages[latest]
    last_message = (np.append(rows[1:], len(messages.at)) - 1)[latest]
    after.transferred[threads] = messages.transferred[last_message]
    after.closed[threads] = False
    after.pending[threads] = False
    if len(events.thread):
        ends = np.flatnonzero(np.append(events.thread[1:] != events.thread[:-1], True))
        after.seen[events.thread[ends]] = events.time[ends]
    if len(messages.at) < len(events.kind):
        _carry_controls(events, after, inactivity, messages)
    return after


def _carry_controls(events: Events, after: State, inactivity: Ints, messages: Messages) -> None:
    """Applies the controls that follow each thread's last message.

    Any `ended` among them closes the present conversation; the last of them decides who holds the
    present one or, if that is over, the next.
    """
    ends = np.flatnonzero(np.append(events.thread[1:] != events.thread[:-1], True))
    begins = np.append(0, ends[:-1] + 1)
    is_message = np.zeros(len(events.kind), np.bool_)
    is_message[messages.at] = True
    trails = ~is_message[ends]
    begins, ends = begins[trails], ends[trails]
    thread = events.thread[ends]
    latest_message = np.maximum.accumulate(np.where(is_message, np.arange(len(is_message)), -1))
    ended = np.append(0, np.cumsum(events.kind == Kind.ENDED))
    closes = ended[ends + 1] > ended[np.maximum(latest_message[ends] + 1, begins)]
    last = after.last[thread]
    after.closed[thread] |= closes & (last != NONE)

    kind, time = events.kind[ends], events.time[ends]
    is_over = after.closed[thread] | (last == NONE) | (time > last + inactivity[thread])
    transfers = kind == Kind.TRANSFERRED
    after.pending[thread] = is_over & transfers
    after.transferred[thread] = np.where(is_over, False, transfers)
