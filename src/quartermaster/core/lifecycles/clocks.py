"""A workspace's clock: it goes with the world's or, of a test workspace, stands and is moved on."""

import calendar
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core.errors import Refusal

MOST: Final = timedelta(days=2 * 366)
"""How far a clock is moved on at once."""


class ClockRuns(Refusal):
    """The clock of a workspace that is not for tests goes with the world's."""

    code = "clock_runs"
    kind = "refused"


class ClockBackwards(Refusal):
    """A clock that stands is moved on, never back."""

    code = "clock_backwards"
    kind = "invalid"


class TooFarAhead(Refusal):
    """A clock is moved on by two years at most at once."""

    code = "too_far_ahead"
    kind = "invalid"


class BadSpan(Refusal):
    """A span of time is written such as P1M, P2W, P30D or PT12H (ISO 8601), and is not nothing."""

    code = "bad_span"
    kind = "invalid"


def read(frozen_at: datetime | None, real_at: datetime) -> datetime:
    """What a clock says that stands at `frozen_at` or, None, goes with the world's."""
    return real_at if frozen_at is None else frozen_at


@dataclass(frozen=True, slots=True)
class Span:
    """So many months and days by the local calendar, then a time by the clock."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    def after(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The instant this much after `at`: the same local time of day, on the last day of a month
        that is too short."""
        local = at.astimezone(zone)
        year, month0 = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        day = min(local.day, calendar.monthrange(year, month0 + 1)[1])
        moved = local.replace(year=year, month=month0 + 1, day=day) + timedelta(days=self.days)
        return moved.astimezone(UTC) + self.time


_FORM: Final = re.compile(
    r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,3})M)?(?:([0-9]{1,3})W)?(?:([0-9]{1,4})D)?"
    r"(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,8})S)?)?"
)


def span(text: str) -> Span:
    """Reads a span. BadSpan, TooFarAhead."""
    found = _FORM.fullmatch(text.strip().upper())
    if found is None:
        raise BadSpan(f"{text[:40]!r} is no span such as P1M, P2W, P30D or PT12H", field="by")
    years, months, weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    time = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    read = Span(years * 12 + months, weeks * 7 + days, time)
    if read == Span():
        raise BadSpan(field="by")
    if timedelta(days=read.months * 30 + read.days) + time > MOST:
        raise TooFarAhead(field="by")
    return read


def moved(frozen_at: datetime, to: datetime) -> datetime:
    """Where a clock that stands is to stand next. ClockBackwards, TooFarAhead."""
    if to < frozen_at:
        words = f"the clock stands at {frozen_at.isoformat()} already: it is moved on, never back"
        raise ClockBackwards(words, field="to")
    if to - frozen_at > MOST:
        raise TooFarAhead(field="to")
    return to.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An act that is due at an instant. Of those at the same one, that of the job with the lower
    `job` comes first, then that with the lower `which`."""

    at: datetime
    job: int
    which: int


def next_due(waiting: Iterable[Due], tried: Container[Due]) -> Due | None:
    """The act whose time comes first, of those that have not been tried."""
    return min((one for one in waiting if one not in tried), default=None)
