"""Reads of charged sessions, the latest first, however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.ledger import credits
from quartermaster.core.periods import Period
from quartermaster.core.usage import state
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
_BLOCK: Final = timedelta(microseconds=state.BLOCK_MICROS)
_SLOT: Final = timedelta(minutes=15)
_FEW_DAYS: Final = 2
_GROWTH: Final = 4
AT_ONCE: Final = 5_000
_LAST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Where:
    """Sessions of bots that begin in a period; `zone` is the workspace's own. `channel` 0 is those
    without one. What is None is left open. About `at_once` are read with one statement."""

    bots: Sequence[int]
    period: Period
    zone: ZoneInfo
    unit: str | None = None
    channel: int | None = None
    user: str | None = None
    at_once: int = AT_ONCE


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of sessions: the instant at which one begins, and its id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class _Moment:
    """What stood at an instant: sessions up to `last` that no correction up to `corrected` took
    back; None is all corrections. That of a bot's workspace or of a part of it."""

    last: int
    corrected: int | None


_LATEST: Final = _Moment(_LAST_ID, None)


@dataclass(frozen=True, slots=True)
class ChargedSession:
    """A standing session. What is of its conversation is None where that has begun elsewhere since.
    `charge` is None where it cost nothing."""

    id: int
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    conversation: str | None
    conversation_start_at: datetime | None
    conversation_end_at: datetime | None
    start_at: datetime
    charge: int | None
    amount_micro: int
    paid_micro: int
    free_micro: int

    @property
    def end_at(self) -> datetime:
        """Where its block ends; that instant is part of it."""
        return self.start_at + _BLOCK

    @property
    def paid_by(self) -> str:
        """`paid`, `free`, `paid and free` or `nobody`."""
        return credits.payer(self.paid_micro, self.free_micro)

    @property
    def place(self) -> Place:
        """Its place in the order."""
        return Place(self.start_at, self.id)


def charged_sessions(where: Where, before: Place | None, limit: int) -> list[ChargedSession]:
    """The latest ones before a place, at most `limit` (a few thousand at most)."""
    found: list[ChargedSession] = []
    threads = _threads(where)
    for part in _slices(where, before) if threads is None else [where.period]:
        found += _page(where, part, threads, before, limit - len(found))
        if len(found) >= limit:
            break
    return found


def slices(where: Where) -> Iterator[list[ChargedSession]]:
    """All that stand when the first are asked for, with the charges of then, some thousand at a
    time, each from a statement of its own: whoever takes them slowly holds up nothing. What is of
    their conversations is as it is read."""
    threads = _threads(where)
    if threads is not None:
        found = _page(where, where.period, threads, None, where.at_once)
        if len(found) < where.at_once:  # one statement sees one moment
            yield from [found] if found else []
            return
    moment = _moment(where)
    for part in _slices(where, None) if threads is None else [where.period]:
        before = None
        while found := _page(where, part, threads, before, where.at_once, moment):
            yield found
            if len(found) < where.at_once:
                break
            before = found[-1].place


def _moment(where: Where) -> _Moment:
    """That of now. Ids of sessions and corrections are taken in the meter's transaction, which
    holds the row of their workspace, so a workspace's are committed in their order: what is still
    open now, or begins later, has higher ones than all that can be seen."""
    bots, period = sql.bigints(list(where.bots)), where.period
    return _Moment(
        *sql.rows(_SQL["session_moment"], bots=bots, start=period.start, end=period.end)[0]
    )


def _threads(where: Where) -> Any:
    if where.user is None:
        return None
    found = sql.rows(_SQL["threads_of"], bots=sql.bigints(list(where.bots)), user=where.user)
    return sql.bigints([thread for (thread,) in found])


def _slices(where: Where, before: Place | None) -> Iterator[Period]:
    """Parts of the period with some thousand sessions each, the latest first: the roll-ups tell
    where they are, so that nothing has to be sorted but what is shown. Together they are all of
    it, for what the roll-ups have no longer may have stood at the moment that is asked for."""
    end = where.period.end if before is None else min(where.period.end, before.at + _SLOT)
    gathered, start = 0, end
    for cell, count in _cells(where, Period(where.period.start, end)):
        if gathered and gathered + count > where.at_once:
            yield Period(start, end)
            gathered, end = 0, start
        gathered, start = gathered + count, cell
    if where.period.start < end:
        yield Period(where.period.start, end)


def _cells(where: Where, period: Period) -> Iterator[tuple[datetime, int]]:
    """Where in the period sessions begin and how many: by the local day, or by the quarter of an
    hour in days that have too many."""
    for local, count in _days(where, period):
        day = periods.local_day(local, where.zone)
        start, end = max(day.start, period.start), min(day.end, period.end)
        if count <= where.at_once:
            yield start, count
            continue
        slot = periods.to_micros(start) // _SLOT_MICROS * _SLOT_MICROS
        slots = _counts(where, "session_slots", start=periods.from_micros(slot), end=end)
        yield from ((max(at, start), each) for at, each in slots)


_SLOT_MICROS: Final = _SLOT // timedelta(microseconds=1)


def _days(where: Where, period: Period) -> Iterator[tuple[date, int]]:
    """The period's local days with sessions, the latest first. They are asked for in runs that
    grow, for most who ask are content with the latest few."""
    first, last = (at.astimezone(where.zone).date() for at in (period.start, period.end))
    days = _FEW_DAYS
    while last >= first:
        start = max(first, last - timedelta(days=min(days, (last - first).days)))
        yield from _counts(where, "session_days", first=start, last=last)
        last, days = start - timedelta(days=1), days * _GROWTH


def _counts(where: Where, name: str, **bounds: Any) -> list[tuple[Any, int]]:
    bots = sql.bigints(list(where.bots))
    found = sql.rows(_SQL[name], bots=bots, unit=where.unit, channel=where.channel, **bounds)
    return [(at, count) for at, count in found]


def _page(
    where: Where,
    part: Period,
    threads: Any,
    before: Place | None,
    limit: int,
    moment: _Moment = _LATEST,
) -> list[ChargedSession]:
    before = before or Place(part.end, _LAST_ID)
    found = sql.rows(
        _SQL["session_page"],
        bots=sql.bigints(list(where.bots)),
        start=part.start,
        end=part.end,
        unit=where.unit,
        channel=where.channel,
        threads=threads,
        before=before.at,
        before_id=before.id,
        last=moment.last,
        corrected=moment.corrected,
        limit=limit,
    )
    return [ChargedSession(*row) for row in found]
