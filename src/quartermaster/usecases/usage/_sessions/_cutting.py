"""Threads with new messages are cut on, or cut again where one came late.

A thread whose new events are all later than anything seen goes on from the state of its latest
conversation. Messages that come late and change nothing are only counted. Any other thread is cut
again from the conversation before its earliest new event, from the stored events; what then differs
from the standing sessions becomes a correction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage import sessions
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import NEVER, NONE, Cut, Events, Flags, Ints, State
from quartermaster.store.metering import operations, queries
from quartermaster.store.metering.operations import SavedConversations
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage._changes import Changes
from quartermaster.usecases.usage._intake import Intake
from quartermaster.usecases.usage._sessions import _standing, _threads
from quartermaster.usecases.usage._sessions._threads import Rows, Threads, Work


@dataclass(frozen=True, slots=True)
class Channels:
    """Looks channels up: which are voice, and their order by name (ties must not depend on ids)."""

    is_voice: Callable[[Ints], Flags]
    rank: Callable[[Ints], Ints]


def cut(intake: Intake, voice_channels: frozenset[str], history: History, at: datetime) -> Changes:
    """Cuts the intake's conversations and stores what comes of it."""
    changes = Changes()
    if not (intake.kind <= Kind.ENDED).any():
        return changes
    work = _threads.at_hand(intake)
    by_number = channels(intake.channel_names, voice_channels)
    state = State.empty(len(work.threads.ids))
    known = np.flatnonzero(~work.is_new)
    if len(known):
        found = queries.latest_states(work.threads.ids[known])
        for name in State.__dataclass_fields__:
            getattr(state, name)[known] = getattr(found, name)
    work = _without_settled(work, state, by_number)
    is_late = ~work.is_new & ((work.earliest <= state.seen) | (state.seen == NONE))
    is_late |= work.must_recut
    _go_on(work.threads, work.rows, state, is_late, by_number, changes)
    if is_late.any():
        late = np.flatnonzero(is_late)
        threads, earliest = work.threads.take(late), work.earliest[late]
        _cut_again(threads, earliest, by_number, history, changes, at)
    return changes


def _without_settled(work: Work, state: State, by_number: Channels) -> Work:
    """Leaves out the messages that change nothing but how many there are: several senders rarely
    keep the order to the second, and a long conversation would be cut again for each."""
    rows = work.rows
    events = Events(
        rows.thread, rows.time, rows.kind.astype(np.uint8), by_number.is_voice(rows.channel)
    )
    is_keyed = work.threads.inactivity == NEVER  # such a thread may have several channels
    settled = sessions.is_settled(events, state) & ~(work.must_recut | is_keyed)[rows.thread]
    if not settled.any():
        return work
    threads, counts = np.unique(rows.thread[settled], return_counts=True)
    state.messages[threads] += counts
    operations.add_messages(work.threads.ids[threads], state.start[threads], counts)
    return work.without(settled)


def channels(names: dict[int, str], voice_channels: frozenset[str]) -> Channels:
    """The look-ups for the channels of these ids; 0 is no channel."""
    size = max(names, default=0) + 1
    is_voice, rank = np.zeros(size, np.bool_), np.zeros(size, np.int64)
    for order, number in enumerate(sorted(names, key=lambda one: names[one])):
        is_voice[number] = names[number] in voice_channels
        rank[number] = order + 1
    return Channels(lambda column: is_voice[column], lambda column: rank[column])


def _go_on(
    threads: Threads,
    rows: Rows,
    state: State,
    is_late: Flags,
    by_number: Channels,
    changes: Changes,
) -> None:
    if is_late.any():
        keep = ~is_late[rows.thread]
        rows = Rows(rows.thread[keep], rows.time[keep], rows.kind[keep], rows.channel[keep])
    found, channel = cut_rows(rows, threads, state, by_number)
    _save_conversations(threads, found, rows.thread)
    new = _standing.new_sessions(threads, found, channel)
    _standing.insert(new, changes)


def _cut_again(
    threads: Threads,
    earliest: Ints,
    by_number: Channels,
    history: History,
    changes: Changes,
    at: datetime,
) -> None:
    since, in_segment = queries.conversations_before(threads.ids, earliest)
    rows = _threads.stored_rows(threads, since, history)
    state = State.empty(len(threads.ids))
    state.pending[:] = in_segment
    found, channel = cut_rows(rows, threads, state, by_number)
    standing = queries.standing_sessions(threads.ids, since)
    operations.drop_conversations(threads.ids, since)
    _save_conversations(threads, found, rows.thread)
    _standing.correct(
        threads, earliest, standing, _standing.new_sessions(threads, found, channel), changes, at
    )


def cut_rows(rows: Rows, threads: Threads, state: State, by_number: Channels) -> tuple[Cut, Ints]:
    """The cut, and the channels of the events in its order."""
    events, order = Events.sorted(
        rows.thread,
        rows.time,
        rows.kind.astype(np.uint8),
        by_number.is_voice(rows.channel),
        by_number.rank(rows.channel),
    )
    return sessions.cut(events, state, threads.inactivity), rows.channel[order]


def _save_conversations(threads: Threads, found: Cut, touched: Ints) -> None:
    """Saves the conversations of a cut; where only controls came, the state alone."""
    rows, state = found.conversations, found.state
    last = np.append(rows.thread[1:] != rows.thread[:-1], True)[: len(rows.thread)]

    def latest(column: NDArray[Any], otherwise: NDArray[Any]) -> NDArray[Any]:
        return np.where(last, column[rows.thread], otherwise)

    none = np.zeros(len(rows.thread), np.bool_)
    operations.save_conversations(
        SavedConversations(
            thread=threads.ids[rows.thread],
            start=rows.start,
            end=rows.end,
            anchor=rows.anchor,
            seen=latest(state.seen, rows.end),
            messages=rows.messages,
            block=latest(state.block, none - 1),
            voice_block=latest(state.voice_block, none - 1),
            transferred_at_start=rows.transferred_at_start,
            transferred=latest(state.transferred, none),
            closed=latest(state.closed, none),
            pending=latest(state.pending, none),
        )
    )
    only = np.setdiff1d(touched, rows.thread)
    only = only[state.start[only] != NONE]
    empty = np.empty(0, np.int64)
    operations.save_states(
        SavedConversations(
            thread=threads.ids[only],
            start=state.start[only],
            seen=state.seen[only],
            transferred=state.transferred[only],
            closed=state.closed[only],
            pending=state.pending[only],
            end=empty,
            anchor=empty,
            messages=empty,
            block=empty,
            voice_block=empty,
            transferred_at_start=empty.astype(np.bool_),
        )
    )
