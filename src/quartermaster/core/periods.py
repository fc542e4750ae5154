"""Half-open periods and billing cycles that never drift (docs/concepts/cycles.md)."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has none."""


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


def to_micros(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware instant."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`; OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(microseconds=micros)


def utc_month(at: datetime) -> Period:
    """The calendar month in UTC that contains `at`."""
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(start, (start + timedelta(days=31)).replace(day=1))


def cycle_at(anchor: date, zone: ZoneInfo, at: datetime, months: int = 1) -> Period:
    """The billing cycle that contains `at`, for a subscription anchored on the local day `anchor`.

    Cycle k starts at local midnight of `anchor` plus k * `months` months, its day clipped to the
    month's length but counted from `anchor` each time, so the 31st comes back after February.
    """
    local = at.astimezone(zone)
    elapsed = (local.year - anchor.year) * 12 + local.month - anchor.month
    number = elapsed // months + 1
    while _cycle_start(anchor, zone, number * months) > at:
        number -= 1
    return Period(
        _cycle_start(anchor, zone, number * months),
        _cycle_start(anchor, zone, (number + 1) * months),
    )


def _cycle_start(anchor: date, zone: ZoneInfo, months: int) -> datetime:
    year, month0 = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = min(anchor.day, calendar.monthrange(year, month0 + 1)[1])
    return datetime.combine(date(year, month0 + 1, day), time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WholeDays:
    """The local days [first, last) that lie in a period, and what of it is before and after."""

    first: date
    last: date
    before: Period
    after: Period


def whole_days(period: Period, zone: ZoneInfo) -> WholeDays:
    """Parts a period into whole local days and the rest; with no whole day all is `before`."""
    first, last = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
    while local_day(first, zone).start < period.start:
        first += timedelta(days=1)
    if first >= last:
        return WholeDays(last, last, period, Period(period.end, period.end))
    head, tail = local_day(first, zone).start, local_day(last, zone).start
    return WholeDays(first, last, Period(period.start, head), Period(tail, period.end))


def local_day(day: date, zone: ZoneInfo) -> Period:
    """The local calendar day as an instant range: 23, 24 or 25 hours, none if it was left out. It
    begins with the first of two midnights; where there is none, with the day's first instant."""
    following = date.fromordinal(day.toordinal() + 1)
    return Period(
        datetime.combine(day, time(), zone).astimezone(UTC),
        datetime.combine(following, time(), zone).astimezone(UTC),
    )
