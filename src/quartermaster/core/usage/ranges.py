"""The time that a report is about, its steps, and the time before that it is compared with."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period

DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}
HOURS: Final = "24h"
NAMES: Final = (HOURS, *DAYS)
LONGEST_DAYS: Final = 365
_HOURLY_DAYS: Final = 31
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SLOT: Final = timedelta(minutes=15)


class Step(StrEnum):
    """What a report's time is divided into, by the local clock."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class RangeRefused(Refusal):
    """This range of time cannot be reported on."""

    code = "range_refused"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Span:
    """`period` is whole local hours or days; `previous` as many before it, and of them only as much
    as of `period` has passed, so that a day half over is compared with half a day."""

    period: Period
    previous: Period
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """Local days that the period touches."""
        return (self.last_day - self.first_day).days + 1

    @property
    def first_day(self) -> date:
        """The local day in which the period begins."""
        return self.period.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The local day in which the period ends."""
        return (self.period.end - _SLOT).astimezone(self.zone).date()


def named(name: str, at: datetime, zone: ZoneInfo) -> Span:
    """The last 24 hours, or so many days, the current one being the last. Refusal: RangeRefused."""
    if name == HOURS:
        local = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        end = periods.from_micros(periods.to_micros(local)) + _HOUR
        if end <= at:  # clocks were set back by half an hour within this one
            end += _HOUR
        day = 24 * _HOUR
        return Span(Period(end - day, end), Period(end - 2 * day, at - day), zone)
    if name not in DAYS:
        raise RangeRefused(f"it is one of {', '.join(NAMES)}", field="range")
    today = at.astimezone(zone).date()
    return between(today - timedelta(days=DAYS[name] - 1), today, at, zone)


def between(first: date, last: date, at: datetime, zone: ZoneInfo) -> Span:
    """The local days from `first` to `last`, both included. Refusal: RangeRefused."""
    if not date(1000, 1, 1) <= first <= last <= date(9000, 1, 1):
        raise RangeRefused(f"{last} is before {first}, or too far away", field="to")
    count = (last - first).days + 1
    if count > LONGEST_DAYS:
        words = f"{count:,} days are too many: at most {LONGEST_DAYS} can be shown at once"
        raise RangeRefused(words, field="from")
    start = periods.local_day(first, zone).start
    end = periods.local_day(last, zone).end
    before = periods.local_day(first - timedelta(days=count), zone).start
    until = start
    if start <= at < end:
        local = at.astimezone(zone)
        until = min(start, (local - timedelta(days=count)).astimezone(periods.EPOCH.tzinfo))
    return Span(Period(start, end), Period(before, until), zone)


def step_of(span: Span, wanted: str | None = None) -> Step:
    """The step that was asked for, or one that suits the span. Refusal: RangeRefused."""
    if wanted is None:
        if span.days <= 2:
            return Step.HOUR
        return Step.DAY if span.days <= 100 else Step.MONTH
    if wanted not in set(Step):
        raise RangeRefused(f"it is one of {', '.join(Step)}", field="by")
    if wanted == Step.HOUR and span.days > _HOURLY_DAYS + 1:
        words = f"hours can be shown of at most {_HOURLY_DAYS} days; choose days or months"
        raise RangeRefused(words, field="by")
    return Step(wanted)


_FORMS: Final = {Step.HOUR: "%Y-%m-%d %H:00", Step.DAY: "%Y-%m-%d", Step.MONTH: "%Y-%m"}


def names(period: Period, zone: ZoneInfo, step: Step) -> list[str]:
    """The steps of a period in their order, as roll-ups are grouped: `2026-11-22 19:00`,
    `2026-11-22` or `2026-11`. An hour that clocks show twice is one."""
    pace = _SLOT if step is Step.HOUR else timedelta(hours=6)
    found: dict[str, None] = {}
    at = period.start
    while at < period.end:
        found[at.astimezone(zone).strftime(_FORMS[step])] = None
        at += pace
    if period.start < period.end:  # the last step may be shorter than the pace
        found[(period.end - _SLOT).astimezone(zone).strftime(_FORMS[step])] = None
    return list(found)


def beside(span: Span, step: Step) -> dict[str, str]:
    """Which step of the time before stands beside each: the same hour or day by the local clock, as
    many days earlier. A month has one only where all its days, and no others, fall into one month:
    as many days earlier are seldom as many months."""
    earlier = round((span.period.start - span.previous.start) / _DAY) * _DAY
    pace = Step.HOUR if step is Step.HOUR else Step.DAY
    local = [datetime.fromisoformat(name) for name in names(span.period, span.zone, pace)]
    form = _FORMS[step]
    pairs = {(at.strftime(form), (at - earlier).strftime(form)) for at in local}
    now, before = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    return {one: other for one, other in pairs if now[one] == before[other] == 1}
