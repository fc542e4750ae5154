"""The sessions that stand: new ones are added; a correction takes some back and moves others."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage.state import Cut, Flags, Ints
from quartermaster.core.usage.units import UNITS, Unit
from quartermaster.store.metering import operations
from quartermaster.store.metering.operations import Corrections, NewSessions
from quartermaster.usecases.usage._changes import Changes, Sessions, joined
from quartermaster.usecases.usage._sessions._threads import Threads

_UNIT_OF: Final = np.array([UNITS.index(Unit.BILLING_SESSION), UNITS.index(Unit.VOICE_SESSION)])
"""By whether it is a voice session."""

_Place = tuple[int, bool, int, int]
"""Thread, voice or not, start, channel: what makes two sessions the same."""


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


def insert(new: NewSessions, changes: Changes) -> None:
    """Stores new sessions and notes them as made."""
    if not len(new):
        return
    ids = operations.insert_sessions(new)
    unit = _UNIT_OF[new.is_voice.astype(np.int64)]
    made = Sessions(ids, new.bot, unit, new.start, new.channel)
    changes.made = joined([changes.made, made])


def places(thread: Ints, is_voice: Flags, start: Ints, channel: Ints) -> list[_Place]:
    """What makes each of these sessions the same as another."""
    columns = (thread.tolist(), is_voice.tolist(), start.tolist(), channel.tolist())
    return list(zip(*columns, strict=True))


def correct(
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
    insert(cut_again.take(fresh, correction), changes)


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
    units = _UNIT_OF.tolist()
    rows = [
        (session, bots[thread], units[is_voice], start, channel)
        for session, (thread, is_voice, start, channel) in gone
    ]
    changes.withdrawn = joined([changes.withdrawn, Sessions.of(rows)])


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
