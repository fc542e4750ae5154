"""Conversations → billing sessions: 15-minute blocks with activity (docs/concepts/sessions.md).

One function, `cut`, serves the live stream, imports and estimates: columns in, columns out, with
the state carried from call to call. Cutting all at once and cutting in time-ordered batches with
the carried state give the same sessions, and so does the compiled loop where it is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.usage import compiled, conversations
from quartermaster.core.usage.conversations import Messages
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import (
    BLOCK_MICROS,
    NEVER,
    NONE,
    Conversations,
    Cut,
    Events,
    Flags,
    Ints,
    Sessions,
    State,
    grouped,
)

MIN_INACTIVITY_SECONDS: Final = 5 * 60
MAX_INACTIVITY_SECONDS: Final = 14 * 86_400
DEFAULT_INACTIVITY_SECONDS: Final = 15 * 60


PIECE_EVENTS: Final = 120_000
"""Events that are cut at once: few enough for their columns to stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class _Piece:
    found: Conversations
    billing: Sessions
    voice: Sessions


def cut(events: Events, state: State, inactivity: Ints) -> Cut:
    """Conversations, by thread and start, and new sessions, by conversation and start.

    `state` and `inactivity` (microseconds, `state.NEVER` for threads keyed by conversation) have
    one row per thread. In each thread all events must be later than `state.seen`.
    """
    if len(events.thread) >= compiled.WORTH_EVENTS and compiled.is_there():
        return compiled.cut(events, state, inactivity)
    return cut_columns(events, state, inactivity)


def is_settled(events: Events, state: State) -> Flags:
    """Which messages change nothing but how many there are: those that came late into the latest
    conversation of their thread, and there into the block that was counted last, or, if not by the
    end user, before the anchor.

    Whatever lies in between then stands: the anchor, the silences are shorter, and an active block
    stays active. All of the thread's messages must be of one channel; otherwise such a one may lend
    its session another.
    """
    thread, time = events.thread, events.time
    start, anchor = state.start[thread], state.anchor[thread]
    within = (events.kind >= Kind.USER) & (events.kind <= Kind.AGENT)
    within &= (start != NONE) & (start <= time) & (time <= state.last[thread])
    is_before = (anchor == NONE) | (time < anchor)
    offset = np.where(within & ~is_before, time - np.where(is_before, 0, anchor), 0)
    block = (offset - (offset > 0)) // BLOCK_MICROS
    is_counted = ~is_before & (block == state.block[thread])
    is_counted &= ~events.voice | (block == state.voice_block[thread])
    settled: Flags = within & (is_counted | (is_before & (events.kind != Kind.USER)))
    return settled


def cut_columns(events: Events, state: State, inactivity: Ints) -> Cut:
    """What `cut` gives, with NumPy alone; threads that are mixed are sorted first."""
    if (events.thread[1:] >= events.thread[:-1]).all():
        return _cut_grouped(events, state, inactivity)
    order = grouped(events.thread)
    found = _cut_grouped(events.take(order), state, inactivity)
    billing, voice = (
        replace(unit, event=order[unit.event]) for unit in (found.billing, found.voice)
    )
    return replace(found, billing=billing, voice=voice)


def _cut_grouped(events: Events, state: State, inactivity: Ints) -> Cut:
    _check_threads(events.thread, len(inactivity))
    after = state.copy()
    pieces = []
    for start, end in _pieces(events.thread):
        low, high = int(events.thread[start]), int(events.thread[end - 1]) + 1
        rows, standing = events.rows(start, end, low), after.threads(low, high)
        _check_order(rows, standing)
        pieces.append((_cut(rows, standing, inactivity[low:high]), low, start))
    return _joined(pieces, after)


def _check_threads(thread: Ints, threads: int) -> None:
    if len(thread) and not 0 <= thread[0] <= thread[-1] < threads:
        raise InvariantBroken("an event is of no thread")


def _check_order(events: Events, state: State) -> None:
    """That each event can be cut and is later than the one before it in its thread, by kind where
    they are of one instant."""
    thread, time, kind = events.thread, events.time, events.kind
    follows = thread[1:] == thread[:-1]
    near = np.flatnonzero((time[1:] <= time[:-1]) & follows)
    is_late = (time[near + 1] < time[near]) | (kind[near + 1] < kind[near])
    opens = np.append(0, np.flatnonzero(~follows) + 1)
    if is_late.any() or (time[opens] <= state.seen[thread[opens]]).any():
        raise InvariantBroken("events are out of order in their thread")
    if kind.max() > Kind.ENDED:
        raise InvariantBroken("an event is none to be cut")


def _pieces(thread: Ints) -> Iterator[tuple[int, int]]:
    """Row ranges of about `PIECE_EVENTS` that part no thread."""
    start = 0
    while start < len(thread):
        last = thread[min(start + PIECE_EVENTS, len(thread)) - 1]
        end = start + int(np.searchsorted(thread[start:], last, side="right"))
        yield start, end
        start = end


def _joined(pieces: list[tuple[_Piece, int, int]], after: State) -> Cut:
    """Puts the pieces' columns one behind the other, counted from the first piece on."""
    found, billing, voice = [], [], []
    rows = 0
    for piece, first_thread, first_event in pieces:
        found.append(piece.found.shift(first_thread))
        billing.append(piece.billing.shift(rows, first_event))
        voice.append(piece.voice.shift(rows, first_event))
        rows += len(piece.found.thread)
    return Cut(Conversations.joined(found), Sessions.joined(billing), Sessions.joined(voice), after)


def _cut(events: Events, state: State, inactivity: Ints) -> _Piece:
    """Cuts a piece and brings its threads' state up to date."""
    messages, found = conversations.divide(events, state, inactivity)
    block = _blocks(messages, found)
    counted = np.where(found.continued, state.block[found.thread], -1)
    spoken = np.where(found.continued, state.voice_block[found.thread], -1)
    billing = _sessions(messages, found, block, _billable(messages), counted)
    voice = Sessions.none()
    if events.voice.any():
        voice = _sessions(messages, found, block, events.voice[messages.at], spoken)
    _carry(events, state, inactivity, found, messages)
    latest = np.flatnonzero(_is_latest(found.thread))
    state.block[found.thread[latest]] = counted[latest]
    state.voice_block[found.thread[latest]] = spoken[latest]
    return _Piece(found, billing, voice)


def _billable(messages: Messages) -> Flags | None:
    """Messages of user or bot outside human-agent segments; None for all."""
    is_agent = messages.kind == Kind.AGENT
    if messages.transferred is not None:
        is_agent |= messages.transferred
    return ~is_agent if is_agent.any() else None


def _blocks(messages: Messages, found: Conversations) -> Ints:
    """The block of each message; below 0 before the anchor and where there is none."""
    far = np.where(found.anchor == NONE, NEVER, found.anchor)
    offset = far[messages.conversation]
    np.subtract(messages.time, offset, out=offset)
    offset -= offset > 0  # an exact multiple stays in the earlier block
    offset //= BLOCK_MICROS
    return offset


def _sessions(
    messages: Messages, found: Conversations, block: Ints, active: Flags | None, counted: Ints
) -> Sessions:
    """The first active message of each block after those `counted` per conversation, which is
    brought up to date."""
    if active is not None:
        block = np.where(active, block, -1)
    is_first = conversations.changes(block)
    is_first[messages.first] = True
    is_first &= block >= 0
    places = np.flatnonzero(is_first)
    row, block = messages.conversation[places], block[places]
    if active is not None:
        # What is not active has parted some blocks in two.
        kept = np.flatnonzero(conversations.changes(row) | conversations.changes(block))
        row, block, places = row[kept], block[kept], places[kept]
    if found.continued.any():
        is_later = block > counted[row]
        row, block, places = row[is_later], block[is_later], places[is_later]
    counted[row] = block
    start = found.anchor[row] + block * BLOCK_MICROS
    return Sessions(row, start, messages.at[places])


def _is_latest(thread: Ints) -> Flags:
    """The last row of each thread."""
    is_last = np.ones(len(thread), np.bool_)
    np.not_equal(thread[1:], thread[:-1], out=is_last[:-1])
    return is_last


def _carry(
    events: Events, state: State, inactivity: Ints, found: Conversations, messages: Messages
) -> None:
    """Brings the state up to date, but for the blocks."""
    latest = np.flatnonzero(_is_latest(found.thread))
    threads = found.thread[latest]
    state.start[threads] = found.start[latest]
    state.anchor[threads] = found.anchor[latest]
    state.last[threads] = found.end[latest]
    state.messages[threads] = found.messages[latest]
    state.transferred[threads] = False
    if messages.transferred is not None:
        last = np.append(messages.first[1:], len(messages.at))[latest] - 1
        state.transferred[threads] = messages.transferred[last]
    state.closed[threads] = False
    state.pending[threads] = False
    ends = np.flatnonzero(_is_latest(events.thread))
    state.seen[events.thread[ends]] = events.time[ends]
    if len(messages.at) < len(events.kind):
        _carry_controls(events, state, inactivity, messages)


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
