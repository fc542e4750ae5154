"""Cuts all stored events from scratch and compares with the sessions that stand."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from quartermaster.core import periods
from quartermaster.core.usage.state import Conversations, State
from quartermaster.store.metering import queries
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage._sessions import _cutting, _standing, _threads

_THREADS_AT_ONCE: Final = 20_000
CHECK: Final = "sessions_follow_from_events"


def differences(voice_channels: frozenset[str], history: History) -> Iterator[Finding]:
    """A finding for each thread whose standing sessions are not those of its events."""
    channels = _cutting.channels(queries.channel_names(), voice_channels)
    last = 0
    while len(found := queries.threads_after(last, _THREADS_AT_ONCE)):
        last = int(found["thread"][-1])
        threads = _threads.Threads(
            found["thread"],
            found["bot"],
            _threads.inactivity_micros(found["kind"], found["inactivity"]),
        )
        yield from _compare(threads, channels, history)


def _compare(
    threads: _threads.Threads, channels: _cutting.Channels, history: History
) -> Iterator[Finding]:
    since = np.full(len(threads.ids), periods.to_micros(queries.LONG_AGO))
    rows = _threads.stored_rows(threads, since, history)
    again, channel = _cutting.cut_rows(rows, threads, State.empty(len(threads.ids)), channels)
    new = _standing.new_sessions(threads, again, channel)
    standing = queries.standing_sessions(threads.ids, since)
    wanted_places = _standing.places(new.thread, new.is_voice, new.start, new.channel)
    expected = set(zip(wanted_places, new.conversation_start.tolist(), strict=True))
    places = _standing.places(
        threads.ids[standing["place"]],
        standing["voice"],
        standing["start"],
        standing["channel"],
    )
    there = set(zip(places, standing["conversation"].tolist(), strict=True))
    for thread in sorted({place[0] for place, _ in expected ^ there}):
        wanted = sum(place[0] == thread for place, _ in expected)
        stand = sum(place[0] == thread for place, _ in there)
        yield Finding(
            CHECK, f"thread {thread}", f"events make {wanted} sessions, {stand} others stand"
        )
    yield from _compare_conversations(threads, again.conversations)


def _compare_conversations(threads: _threads.Threads, again: Conversations) -> Iterator[Finding]:
    columns = (again.thread, again.start, again.end, again.anchor, again.messages)
    expected = set(zip(*(column.tolist() for column in columns), strict=True))
    stored = queries.stored_conversations(threads.ids)
    there = {tuple(row) for row in stored.tolist()}
    for place in sorted({row[0] for row in expected ^ there}):
        thread = int(threads.ids[place])
        yield Finding(CHECK, f"thread {thread}", "its conversations are not those of its events")
