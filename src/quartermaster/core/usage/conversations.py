"""Messages → conversations: where a thread of messages is cut (docs/concepts/sessions.md).

A *thread* is what one key gives: a (bot, conversation) or a (bot, channel, user). It is cut where
its user falls silent longer than the bot's inactivity, and at `conversation.ended`. A conversation
that is over takes its human-agent segment with it.

Columns are long and threads are many, so each step makes as few passes as it can: what concerns
only the first message of a thread or conversation is done on those rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import NONE, Conversations, Events, Flags, Ints, State


@dataclass(frozen=True, slots=True)
class Messages:
    """The message rows of the events, each with the conversation row it fell into.

    `at` is their rows in the events; `first` is, per conversation, the row of its first message
    here. `transferred` is None where no human agent has any of them in hand.
    """

    at: Ints
    time: Ints
    kind: NDArray[np.uint8]
    conversation: Ints
    first: Ints
    transferred: Flags | None


@dataclass(frozen=True, slots=True)
class _Controls:
    """For each event the latest control at or before it in its thread (-1: none)."""

    first: Ints
    """Row of the first event of this event's thread."""
    latest: Ints
    """... of transferred, returned, ended."""
    latest_hand_over: Ints
    """... of transferred, returned."""
    ended: Ints
    """How many `ended` stand at or before it, over all threads."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where conversations begin: rows among the messages; `over` is the instant after which a
    silence had ended the one before (NONE: another reason)."""

    at: Ints
    is_new: Flags
    over: Ints
    waiting: Flags


def divide(events: Events, state: State, inactivity: Ints) -> tuple[Messages, Conversations]:
    """Cuts sorted events into conversations; `inactivity` is in microseconds per thread."""
    is_message = (events.kind >= Kind.USER) & (events.kind <= Kind.AGENT)
    if is_message.all():
        at, controls = np.arange(len(is_message)), None
        thread, time, kind = events.thread, events.time, events.kind
    else:
        at, controls = np.flatnonzero(is_message), _controls(events)
        thread, time, kind = events.thread[at], events.time[at], events.kind[at]

    rows = _begins(thread, time, state, inactivity, _ended(at, controls))
    first = rows.at
    at_start = _transferred_at_start(events, at[first], rows, controls)
    at_start = np.where(rows.is_new, at_start, state.transferred[thread[first]])
    lengths = np.diff(first, append=len(time))
    conversation = np.repeat(np.arange(len(first)), lengths)
    messages = Messages(
        at,
        time,
        kind,
        conversation,
        first,
        _transferred(events, at, conversation, rows, at_start, controls),
    )
    return messages, _conversations(messages, thread[first], lengths, rows.is_new, state, at_start)


def changes(values: Ints) -> Flags:
    """Whether each value differs from the one before it; the first does."""
    differs = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def _begins(thread: Ints, time: Ints, state: State, inactivity: Ints, ended: Flags | None) -> _Rows:
    """`ended`: whether an `ended` stands between each message and the one before it, or between a
    thread's first message and the thread's first event."""
    opens = np.flatnonzero(changes(thread))
    opening = thread[opens]
    last = state.last[opening]
    longest = inactivity[opening[0]] if _is_same(inactivity) and len(opens) else inactivity[thread]
    silence = np.zeros_like(time)
    np.subtract(time[1:], time[:-1], out=silence[1:])
    silence[opens] = np.where(last == NONE, 0, time[opens] - np.where(last == NONE, 0, last))
    silent = silence > longest

    closed = state.closed[opening]
    is_new_thread = last == NONE
    begins = silent.copy() if ended is None else silent | ended
    begins[opens] |= closed | is_new_thread
    continued = opens[~begins[opens]]
    begins[opens] = True
    at = np.flatnonzero(begins)
    is_new = np.ones(len(at), np.bool_)
    is_new[np.searchsorted(at, continued)] = False

    over = time[at] - silence[at] + inactivity[thread[at]]
    by_silence = silent[at]
    if ended is not None:
        by_silence &= ~ended[at]
    waiting = np.zeros(len(at), np.bool_)
    places = np.searchsorted(at, opens)
    by_silence[places] &= ~closed
    waiting[places] = state.pending[opening]
    return _Rows(at, is_new, np.where(by_silence, over, NONE), waiting)


def _is_same(values: Ints) -> bool:
    return len(values) == 0 or bool(values.min() == values.max())


def _controls(events: Events) -> _Controls:
    places = np.arange(len(events.kind))
    first = np.maximum.accumulate(np.where(changes(events.thread), places, 0))
    is_ended = events.kind == Kind.ENDED
    hands_over = events.kind <= Kind.TRANSFERRED

    def latest(which: Flags) -> Ints:
        place: Ints = np.maximum.accumulate(np.where(which, places, -1))
        return np.where(place >= first, place, -1)

    return _Controls(first, latest(is_ended | hands_over), latest(hands_over), np.cumsum(is_ended))


def _ended(at: Ints, controls: _Controls | None) -> Flags | None:
    """Whether an `ended` stands between each message and the one before it in its thread."""
    if controls is None or not len(controls.ended) or not controls.ended[-1]:
        return None
    before = np.zeros_like(at)
    before[1:] = controls.ended[at[:-1]]
    first = controls.first[at]
    base = np.where(first > 0, controls.ended[first - 1], 0)
    return controls.ended[at] > np.maximum(before, base)


def _transferred_at_start(
    events: Events, at: Ints, rows: _Rows, controls: _Controls | None
) -> Flags:
    """Whether a transfer came between the end of the conversation before and each new one."""
    if controls is None:
        return rows.waiting
    place = controls.latest[at]
    is_transfer = events.kind[place] == Kind.TRANSFERRED
    return np.where(place >= 0, is_transfer & (events.time[place] > rows.over), rows.waiting)


def _transferred(
    events: Events,
    at: Ints,
    conversation: Ints,
    rows: _Rows,
    at_start: Flags,
    controls: _Controls | None,
) -> Flags | None:
    """Whether each message lies in a human agent's segment of its conversation."""
    if controls is None:
        return at_start[conversation] if at_start.any() else None
    place = controls.latest_hand_over[at]
    since = np.where(rows.is_new, at[rows.at], 0)
    inside = (place >= 0) & (place >= since[conversation])
    return np.where(inside, events.kind[place] == Kind.TRANSFERRED, at_start[conversation])


def _conversations(
    messages: Messages,
    thread: Ints,
    lengths: Ints,
    is_new: Flags,
    state: State,
    at_start: Flags,
) -> Conversations:
    """`thread` and `lengths` (messages here) are per conversation."""
    first, time = messages.first, messages.time
    by_user = np.append(np.flatnonzero(messages.kind == Kind.USER), len(time))
    opening = by_user[np.searchsorted(by_user, first)]
    spoken = np.flatnonzero(opening < first + lengths)
    anchor = np.full(len(first), NONE)
    anchor[spoken] = time[opening[spoken]]
    carried = ~is_new & (state.anchor[thread] != NONE)
    return Conversations(
        thread=thread,
        start=np.where(is_new, time[first], state.start[thread]),
        end=time[first + lengths - 1],
        anchor=np.where(carried, state.anchor[thread], anchor),
        messages=lengths + np.where(is_new, 0, state.messages[thread]),
        continued=~is_new,
        transferred_at_start=at_start,
    )
