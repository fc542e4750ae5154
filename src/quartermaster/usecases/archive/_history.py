"""All events that there are, in the table and in the archive."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core import periods
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.core.usage.events import CONTROLS, Kind
from quartermaster.core.usage.identity import ThreadKind, ThreadName
from quartermaster.core.usage.state import Ints
from quartermaster.store.metering import archives, lookups, queries
from quartermaster.store.metering.models import Archive
from quartermaster.store.metering.queries import AgentLogins
from quartermaster.usecases.ports import ArchivedFile, ArchivedRows, EventArchive

_EVENT: Final = np.dtype([("place", "i8"), ("time", "i8"), ("channel", "i8"), ("kind", "i2")])
Unit = tuple[int, int, int, int]
"""Bot, start of the quarter of an hour, channel (0: none), kind."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Events of `thread` from `since` on go to `place`; of another's thread controls alone."""

    place: Ints
    thread: Ints
    since: Ints
    is_own: NDArray[np.bool_]

    @classmethod
    def of(cls, threads: Ints, since: Ints) -> "_Wanted":
        """The threads themselves, and those that steer them."""
        steering = archives.steering(threads)
        place = np.append(np.arange(len(threads)), steering["place"])
        thread = np.append(threads, steering["thread"])
        order = np.argsort(thread, kind="stable")
        return cls(place[order], thread[order], since[place[order]], (order < len(threads)))

    def take(self, rows: ArchivedRows, channels: dict[str, int]) -> NDArray[Any]:
        """What of the rows, which are by thread, is wanted."""
        low = np.searchsorted(rows.thread, self.thread, "left")
        count = np.searchsorted(rows.thread, self.thread, "right") - low
        wish = np.repeat(np.arange(len(low)), count)
        row = np.arange(len(wish)) - np.repeat(np.cumsum(count) - count, count) + low[wish]
        kind = rows.kind[row]
        keep = (rows.time[row] >= self.since[wish]) & (kind <= Kind.ENDED)
        keep &= self.is_own[wish] | np.isin(kind, CONTROLS)
        numbers = np.array([*(channels[name] for name in rows.channel_names), 0], np.int64)
        found = np.empty(int(keep.sum()), _EVENT)
        found["place"] = self.place[wish[keep]]
        found["time"] = rows.time[row[keep]]
        found["channel"] = numbers[rows.channel[row[keep]]]
        found["kind"] = kind[keep]
        return found


@dataclass(frozen=True, slots=True)
class History:
    """Reads both. What left the table for a file counts from the file: the caller's transaction
    holds the workspace's row, or reads a snapshot. As long as nothing is archived, that is asked
    once and the archive is left alone."""

    archive: EventArchive | None = None

    def events_since(self, threads: Ints, bots: Ints, since: Ints) -> NDArray[Any]:
        """As `queries.events_since`, for threads of these bots."""
        stored = queries.events_since(threads, since)
        if not len(threads):
            return stored
        earliest = periods.from_micros(int(since.min()))
        files = archives.since(np.unique(bots).tolist(), earliest)
        if not files:
            return stored
        wanted = _Wanted.of(threads, since)
        channels = {name: number for number, name in queries.channel_names().items()}
        found = (wanted.take(rows, channels) for rows in self._rows(files, wanted.thread))
        return np.concatenate([stored.astype(_EVENT), *found])

    def deciding_logins(self, bots: Sequence[int], product: str, period: Period) -> AgentLogins:
        """Those of the period, and as many before it as decide who is present in it."""
        back = timedelta(microseconds=seats.AUTO_LOGOUT_MICROS)
        while True:
            start = period.start - back
            found = self.logins(bots, product, Period(start, period.end))
            if seats.is_decided(found.logins, periods.to_micros(start)):
                return found
            back *= 2

    def logins(self, bots: Sequence[int], product: str, period: Period) -> AgentLogins:
        """As `queries.agent_logins`."""
        archived: list[tuple[Any, ...]] = []
        if files := archives.since(bots, period.start):
            threads = archives.presence_threads(bots, product)
            for rows in self._rows(files, np.array(list(threads), np.int64)):
                for thread, time, kind in zip(
                    rows.thread.tolist(), rows.time.tolist(), rows.kind.tolist(), strict=True
                ):
                    if (at := periods.from_micros(time)) in period:
                        agent, bot = threads[thread]
                        archived.append((agent, thread, bot, at, kind == Kind.LOGGED_IN))
        return queries.agent_logins(bots, product, period, archived)

    def deliveries(self, bot: int, kind: int, period: Period, limit: int) -> list[datetime]:
        """As `lookups.deliveries`."""
        found = lookups.deliveries(bot, kind, period, limit)
        files = [one for one in archives.since([bot], period.start) if one.start_at < period.end]
        if files:
            threads = queries.known_threads([ThreadName(bot, ThreadKind.COUNT).key()]).values()
            start, end = periods.to_micros(period.start), periods.to_micros(period.end)
            for rows in self._rows(files, np.array([thread for thread, _ in threads], np.int64)):
                mine = (rows.kind == kind) & (rows.time >= start) & (rows.time < end)
                found += map(periods.from_micros, rows.time[mine].tolist())
        return sorted(found)[:limit]

    def archived_units(self) -> Counter[Unit]:
        """Plain units that left the table, by the quarter of an hour, as often as delivered."""
        counted: Counter[Unit] = Counter()
        if files := archives.since(None, queries.LONG_AGO):
            bots = archives.count_threads()
            channels = {name: number for number, name in queries.channel_names().items()}
            for rows in self._rows(files, np.array(list(bots), np.int64)):
                numbers = np.array([*(channels[name] for name in rows.channel_names), 0], np.int64)
                slots = rows.time - rows.time % 900_000_000
                columns = (rows.thread, slots, numbers[rows.channel], rows.kind)
                unique, count = np.unique(np.stack(columns), axis=1, return_counts=True)
                for (thread, *rest), times in zip(unique.T.tolist(), count.tolist(), strict=True):
                    slot, channel, kind = rest
                    counted[bots[thread], slot, channel, kind] += times
        return counted

    def _rows(self, files: list[Archive], threads: Ints) -> Iterator[ArchivedRows]:
        if self.archive is None:
            raise InvariantBroken("events are archived, and nobody was told where")
        for file in files:
            yield from self.archive.rows(archived_file(file), threads)


def archived_file(archive: Archive) -> ArchivedFile:
    """What an adapter needs to know of a file."""
    digest = bytes(archive.digest)
    return ArchivedFile(archive.path, archive.row_count, digest, archive.dropped_count)
