"""Messages → conversations: where a thread of messages is cut (RULES: messages to sessions).

A *thread* is what one key gives: a (bot, conversation) or a (bot, channel, user). It is cut where
its user falls silent longer than the bot's inactivity, and at `conversation.ended`. A conversation
that is over takes its human-agent segment with it.
"""

from dataclasses import dataclass

import numpy as np

from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import NONE, Conversations, Events, Flags, Ints, State


@dataclass(frozen=True, slots=True)
class Messages:
    """The message rows of the events, each with the conversation row it fell into."""

    at: Ints
    """Row in the events."""
    time: Ints
    is_user: Flags
    is_agent: Flags
    conversation: Ints
    transferred: Flags


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


def divide(events: Events, state: State, inactivity: Ints) -> tuple[Messages, Conversations, Ints]:
    """Cuts sorted events into conversations; `inactivity` is in microseconds per thread.

    The third result is, per conversation row, the row of its first message among the messages.
    """
    is_message = (events.kind >= Kind.USER) & (events.kind <= Kind.AGENT)
    at = np.flatnonzero(is_message)
    thread, time = events.thread[at], events.time[at]
    kind = events.kind[at]
    controls = None if len(at) == len(is_message) else _controls(events)

    opens = _changes(thread)
    previous = np.empty_like(time)
    previous[1:] = time[:-1]
    previous[opens] = state.last[thread[opens]]
    had = previous != NONE
    silent = had & (time - np.where(had, previous, time) > inactivity[thread])
    ended = _ended_before(at, thread, opens, state, controls)
    is_new = ~had | silent | ended

    begins = is_new | opens
    rows = np.flatnonzero(begins)
    row = np.cumsum(begins) - 1
    since = np.where(silent, previous + inactivity[thread], NONE)[rows]
    since[ended[rows] | ~had[rows]] = NONE
    waiting = opens[rows] & state.pending[thread[rows]]
    at_start = _transferred_at_start(events, at[rows], since, waiting, controls)
    at_start = np.where(is_new[rows], at_start, state.transferred[thread[rows]])
    messages = Messages(
        at=at,
        time=time,
        is_user=kind == Kind.USER,
        is_agent=kind == Kind.AGENT,
        conversation=row,
        transferred=_transferred(
            events, at, np.where(is_new[rows], at[rows], 0)[row], at_start[row], controls
        ),
    )
    return messages, _conversations(messages, rows, thread, is_new, state, at_start), rows


def _changes(values: Ints) -> Flags:
    changes = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _controls(events: Events) -> _Controls:
    places = np.arange(len(events.kind))
    first = np.maximum.accumulate(np.where(_changes(events.thread), places, 0))
    is_ended = events.kind == Kind.ENDED
    hands_over = events.kind <= Kind.TRANSFERRED

    def latest(which: Flags) -> Ints:
        place: Ints = np.maximum.accumulate(np.where(which, places, -1))
        return np.where(place >= first, place, -1)

    return _Controls(first, latest(is_ended | hands_over), latest(hands_over), np.cumsum(is_ended))


def _ended_before(
    at: Ints, thread: Ints, opens: Flags, state: State, controls: _Controls | None
) -> Flags:
    """Whether an `ended` stands between each message and the one before it in its thread."""
    ended = np.zeros(len(at), np.bool_)
    if controls is not None:
        count = controls.ended[at]
        ended[1:] = count[1:] != count[:-1]
        # For a thread's first message: since the thread's first event, that one included.
        ended[opens] = controls.latest[at[opens]] >= 0
        before = controls.first[at[opens]]
        base = np.where(before > 0, controls.ended[before - 1], 0)
        ended[opens] &= count[opens] != base
    ended[opens] |= state.closed[thread[opens]]
    return ended


def _transferred_at_start(
    events: Events, at: Ints, since: Ints, waiting: Flags, controls: _Controls | None
) -> Flags:
    """Whether a transfer came between the end of the conversation before and each new one."""
    if controls is None:
        return waiting
    place = controls.latest[at]
    known = place >= 0
    is_transfer = events.kind[place] == Kind.TRANSFERRED
    return np.where(known, known & is_transfer & (events.time[place] > since), waiting)


def _transferred(
    events: Events, at: Ints, since_place: Ints, at_start: Flags, controls: _Controls | None
) -> Flags:
    """Whether each message lies in a human agent's segment of its conversation."""
    if controls is None:
        return at_start
    place = controls.latest_hand_over[at]
    inside = (place >= 0) & (place >= since_place)
    return np.where(inside, events.kind[place] == Kind.TRANSFERRED, at_start)


def _conversations(
    messages: Messages, rows: Ints, thread: Ints, is_new: Flags, state: State, at_start: Flags
) -> Conversations:
    threads = thread[rows]
    continued = ~is_new[rows]
    ends = np.append(rows[1:], len(thread))[: len(rows)] - 1
    latest = np.iinfo(np.int64).max
    anchor = (
        np.minimum.reduceat(np.where(messages.is_user, messages.time, latest), rows)
        if len(rows)
        else rows
    )
    anchor = np.where(anchor == latest, NONE, anchor)
    carried = continued & (state.anchor[threads] != NONE)
    return Conversations(
        thread=threads,
        start=np.where(continued, state.start[threads], messages.time[rows]),
        end=messages.time[ends],
        anchor=np.where(carried, state.anchor[threads], anchor),
        messages=ends - rows + 1 + np.where(continued, state.messages[threads], 0),
        continued=continued,
        transferred_at_start=at_start,
    )
