"""Step two of the meter: threads with new messages are cut on, or cut again where one came late.

A thread whose new events are all later than anything seen goes on from the state of its latest
conversation. Any other is cut again from the conversation before its earliest new event, from the
stored events; what then differs from the standing sessions becomes a correction.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartermaster.core import periods
from quartermaster.core.usage import sessions
from quartermaster.core.usage.events import CONTROLS, Kind
from quartermaster.core.usage.identity import ThreadKind
from quartermaster.core.usage.state import NEVER, NONE, Cut, Events, Flags, Ints, State
from quartermaster.store.catalog.models import Unit
from quartermaster.store.metering import operations, queries
from quartermaster.store.metering.operations import Corrections, NewSessions, SavedConversations
from quartermaster.store.people import queries as people
from quartermaster.usecases.usage._changes import Changes, SessionChange
from quartermaster.usecases.usage._intake import Intake


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads at hand: their ids, bots and inactivity in microseconds."""

    ids: Ints
    bots: Ints
    inactivity: Ints

    def take(self, places: Ints) -> "Threads":
        """Some of them."""
        return Threads(self.ids[places], self.bots[places], self.inactivity[places])


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages and controls: `thread` is a place among the threads at hand."""

    thread: Ints
    time: Ints
    kind: Ints
    channel: Ints


@dataclass(frozen=True, slots=True)
class Channels:
    """Looks channels up: which are voice, and their order by name (ties must not depend on ids)."""

    is_voice: Callable[[Ints], Flags]
    rank: Callable[[Ints], Ints]


@dataclass(frozen=True, slots=True)
class _Work:
    """The threads at hand with what is new in them; `earliest` is the time from which a thread that
    `must_recut` may have changed."""

    threads: Threads
    rows: Rows
    is_new: Flags
    earliest: Ints
    must_recut: Flags


def cut(intake: Intake, voice_channels: frozenset[str], at: datetime) -> Changes:
    """Cuts the intake's conversations and stores what comes of it."""
    changes = Changes()
    if not (intake.kind <= Kind.ENDED).any():
        return changes
    work = _with_steered(intake, _at_hand(intake))
    by_number = channels(intake.channel_names, voice_channels)
    state = State.empty(len(work.threads.ids))
    known = np.flatnonzero(~work.is_new)
    if len(known):
        found = queries.latest_states(work.threads.ids[known])
        for name in State.__dataclass_fields__:
            getattr(state, name)[known] = getattr(found, name)
    is_late = ~work.is_new & ((work.earliest <= state.seen) | (state.seen == NONE))
    is_late |= work.must_recut
    _go_on(work.threads, work.rows, state, is_late, by_number, changes)
    if is_late.any():
        late = np.flatnonzero(is_late)
        _cut_again(work.threads.take(late), work.earliest[late], by_number, changes, at)
    return changes


def _at_hand(intake: Intake) -> _Work:
    """The threads that got messages or controls of their own."""
    of_interest = np.flatnonzero(intake.kind <= Kind.ENDED)
    places, thread = np.unique(intake.code[of_interest], return_inverse=True)
    names = [intake.names[place] for place in places.tolist()]
    seconds = people.inactivity_seconds(sorted({name.bot for name in names}))
    threads = Threads(
        intake.thread_ids[places],
        np.array([name.bot for name in names], np.int64),
        np.array(
            [
                NEVER if name.kind == ThreadKind.CONVERSATION else seconds[name.bot] * 1_000_000
                for name in names
            ],
            np.int64,
        ),
    )
    time, kind = intake.time[of_interest], intake.kind[of_interest]
    rows = Rows(thread, time, kind, intake.channel[of_interest])
    earliest = np.full(len(places), np.iinfo(np.int64).max)
    np.minimum.at(earliest, thread, time)
    renamed = intake.is_renamed[places]
    earliest[renamed] = periods.to_micros(queries.LONG_AGO)
    return _Work(threads, rows, intake.is_new[places], earliest, renamed)


def _with_steered(intake: Intake, work: _Work) -> _Work:
    """Adds the threads that get controls from their user's channelless one (a control may name no
    channel), and has all that are steered so cut again."""
    extra, since = _newly_steered(intake)
    places = {thread: place for place, thread in enumerate(work.threads.ids.tolist())}
    is_extra = np.array([thread not in places for thread in extra.ids.tolist()], np.bool_)
    threads = Threads(
        *(
            np.concatenate([getattr(work.threads, name), getattr(extra, name)[is_extra]])
            for name in Threads.__dataclass_fields__
        )
    )
    earliest = np.append(work.earliest, since[is_extra])
    must_recut = np.append(work.must_recut, np.ones(is_extra.sum(), np.bool_))
    is_new = np.append(work.is_new, np.zeros(is_extra.sum(), np.bool_))
    for thread, time in zip(extra.ids.tolist(), since.tolist(), strict=True):
        if (place := places.get(thread)) is not None:
            earliest[place] = min(earliest[place], time)
    must_recut |= np.isin(threads.ids, queries.steered(threads.ids))
    return _Work(threads, work.rows, is_new, earliest, must_recut)


def _newly_steered(intake: Intake) -> tuple[Threads, Ints]:
    """The threads that the new controls without a channel are for, and the earliest of these."""
    since: dict[int, int] = {}
    for row in np.flatnonzero(np.isin(intake.kind, CONTROLS)).tolist():
        name = intake.names[intake.code[row]]
        if name.kind == ThreadKind.USER and name.channel is None:
            thread, time = int(intake.thread_ids[intake.code[row]]), int(intake.time[row])
            since[thread] = min(time, since.get(thread, time))
    operations.steer(list(since))
    found = queries.steered_by(list(since)) if since else queries.steered_by([])
    threads = Threads(
        found["thread"], found["bot"], inactivity_micros(found["kind"], found["inactivity"])
    )
    times = np.array(list(since.values()), np.int64)
    return threads, times[found["place"]]


def inactivity_micros(kind: Ints, seconds: Ints) -> Ints:
    """The silence that cuts threads of these kinds, of bots with these inactivity times."""
    keyed = kind == ThreadKind.CONVERSATION
    return np.where(keyed, NEVER, seconds.astype(np.int64) * 1_000_000)


def channels(names: dict[int, str], voice_channels: frozenset[str]) -> Channels:
    """The look-ups for the channels of these ids; 0 is no channel."""
    size = max(names, default=0) + 1
    is_voice, rank = np.zeros(size, np.bool_), np.zeros(size, np.int64)
    for order, number in enumerate(sorted(names, key=lambda one: names[one])):
        is_voice[number] = names[number] in voice_channels
        rank[number] = order + 1
    return Channels(lambda column: is_voice[column], lambda column: rank[column])


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
    new = new_sessions(threads, found, channel)
    _insert(new, changes)


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


def new_sessions(threads: Threads, found: Cut, channel: Ints) -> NewSessions:
    """The sessions of a cut as the store takes them; `channel` is that of each event."""
    return NewSessions.joined(
        [
            NewSessions(
                bot=threads.bots[found.conversations.thread[one.conversation]],
                thread=threads.ids[found.conversations.thread[one.conversation]],
                conversation_start=found.conversations.start[one.conversation],
                start=one.start,
                is_voice=np.full(len(one.start), is_voice),
                channel=channel[one.event],
                correction=np.zeros(len(one.start), np.int64),
            )
            for one, is_voice in ((found.billing, False), (found.voice, True))
        ]
    )


def _insert(new: NewSessions, changes: Changes) -> None:
    if not len(new):
        return
    ids = operations.insert_sessions(new)
    for session, bot, is_voice, start, channel in zip(
        ids,
        new.bot.tolist(),
        new.is_voice.tolist(),
        new.start.tolist(),
        new.channel.tolist(),
        strict=True,
    ):
        unit = Unit.VOICE_SESSION if is_voice else Unit.BILLING_SESSION
        changes.made.append(SessionChange(session, bot, unit.value, start, channel))


def stored_rows(threads: Threads, since: Ints) -> Rows:
    """The threads' stored messages and controls from an instant each."""
    stored = queries.events_since(threads.ids, since)
    kind = stored["kind"].astype(np.int64)
    return Rows(stored["place"], stored["time"], kind, stored["channel"])


def _cut_again(
    threads: Threads, earliest: Ints, by_number: Channels, changes: Changes, at: datetime
) -> None:
    since, in_segment = queries.conversations_before(threads.ids, earliest)
    rows = stored_rows(threads, since)
    state = State.empty(len(threads.ids))
    state.pending[:] = in_segment
    found, channel = cut_rows(rows, threads, state, by_number)
    standing = queries.standing_sessions(threads.ids, since)
    operations.drop_conversations(threads.ids, since)
    _save_conversations(threads, found, rows.thread)
    _correct(threads, earliest, standing, new_sessions(threads, found, channel), changes, at)


_Place = tuple[int, bool, int, int]
"""Thread, voice or not, start, channel: what makes two sessions the same."""


def _correct(
    threads: Threads,
    earliest: Ints,
    standing: NDArray[Any],
    cut_again: NewSessions,
    changes: Changes,
    at: datetime,
) -> None:
    """Takes back the standing sessions that the new cut does not have, and adds what is new."""
    old = dict(
        zip(
            places(
                threads.ids[standing["place"]],
                standing["voice"],
                standing["start"],
                standing["channel"],
            ),
            zip(standing["session"].tolist(), standing["conversation"].tolist(), strict=True),
            strict=True,
        )
    )
    new = places(cut_again.thread, cut_again.is_voice, cut_again.start, cut_again.channel)
    kept = set(new)
    gone = [place for place in old if place not in kept]
    corrections = _corrections(threads, earliest, old, new, gone, at)
    _withdraw(threads, [(old[place][0], place) for place in gone], corrections, changes)
    _move(old, new, cut_again.conversation_start.tolist())
    fresh = np.array([row for row, place in enumerate(new) if place not in old], np.int64)
    correction = np.array([corrections.get(new[row][0], 0) for row in fresh], np.int64)
    _insert(cut_again.take(fresh, correction), changes)


def places(thread: Ints, is_voice: Flags, start: Ints, channel: Ints) -> list[_Place]:
    """What makes each of these sessions the same as another."""
    columns = (thread.tolist(), is_voice.tolist(), start.tolist(), channel.tolist())
    return list(zip(*columns, strict=True))


def _corrections(
    threads: Threads,
    earliest: Ints,
    old: dict[_Place, tuple[int, int]],
    new: list[_Place],
    gone: list[_Place],
    at: datetime,
) -> dict[int, int]:
    """Thread → correction, for the threads that lose a session."""
    losers = sorted({place[0] for place in gone})
    if not losers:
        return {}
    from_instant = dict(zip(threads.ids.tolist(), earliest.tolist(), strict=True))
    before, after = Counter(place[0] for place in old), Counter(place[0] for place in new)
    ids = operations.insert_corrections(
        Corrections(
            losers,
            [from_instant[thread] for thread in losers],
            [before[thread] for thread in losers],
            [after[thread] for thread in losers],
        ),
        at,
    )
    return dict(zip(losers, ids, strict=True))


def _withdraw(
    threads: Threads,
    gone: list[tuple[int, _Place]],
    corrections: dict[int, int],
    changes: Changes,
) -> None:
    bots = dict(zip(threads.ids.tolist(), threads.bots.tolist(), strict=True))
    operations.withdraw_sessions(
        [session for session, _ in gone], [corrections[place[0]] for _, place in gone]
    )
    for session, (thread, is_voice, start, channel) in gone:
        unit = Unit.VOICE_SESSION if is_voice else Unit.BILLING_SESSION
        changes.withdrawn.append(SessionChange(session, bots[thread], unit.value, start, channel))


def _move(
    old: dict[_Place, tuple[int, int]], new: list[_Place], conversation_starts: list[int]
) -> None:
    """Brings sessions up to date whose conversation now begins at another instant."""
    moved = [
        (old[place][0], start)
        for place, start in zip(new, conversation_starts, strict=True)
        if place in old and old[place][1] != start
    ]
    operations.move_sessions([one for one, _ in moved], [start for _, start in moved])
