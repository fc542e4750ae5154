"""The threads at hand: those with new messages or controls, and those that these steer."""

from dataclasses import dataclass, replace

import numpy as np

from quartermaster.core import periods
from quartermaster.core.usage.events import CONTROLS, Kind
from quartermaster.core.usage.identity import ThreadKind
from quartermaster.core.usage.state import NEVER, Flags, Ints
from quartermaster.store.metering import operations, queries
from quartermaster.store.people import queries as people
from quartermaster.usecases.archive._history import History
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
class Work:
    """The threads at hand with what is new in them; `earliest` is the time from which a thread that
    `must_recut` may have changed."""

    threads: Threads
    rows: Rows
    is_new: Flags
    earliest: Ints
    must_recut: Flags

    def without(self, gone: Flags) -> "Work":
        """The same without some rows of threads that need not be cut again."""
        rows = Rows(*(getattr(self.rows, name)[~gone] for name in Rows.__dataclass_fields__))
        touched = np.unique(self.rows.thread[gone])
        earliest = self.earliest.copy()
        earliest[touched] = np.iinfo(np.int64).max
        np.minimum.at(earliest, rows.thread, rows.time)
        return replace(self, rows=rows, earliest=earliest)


def at_hand(intake: Intake) -> Work:
    """What there is to cut: threads with new rows of their own, and those steered by others'."""
    return _with_steered(intake, _with_own(intake))


def _with_own(intake: Intake) -> Work:
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
    return Work(threads, rows, intake.is_new[places], earliest, renamed)


def _with_steered(intake: Intake, work: Work) -> Work:
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
    return Work(threads, work.rows, is_new, earliest, must_recut)


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


def stored_rows(threads: Threads, since: Ints, history: History) -> Rows:
    """The threads' stored messages and controls from an instant each."""
    stored = history.events_since(threads.ids, threads.bots, since)
    kind = stored["kind"].astype(np.int64)
    return Rows(stored["place"], stored["time"], kind, stored["channel"])
