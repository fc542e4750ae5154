"""A share of a fee for a part of its time, by the second (docs/concepts/proration.md)."""

from datetime import datetime, timedelta
from decimal import Decimal

from quartermaster.core import money
from quartermaster.core.periods import Period

_SECOND = timedelta(seconds=1)


def unused(amount_minor: int, period: Period, at: datetime) -> int:
    """What of an amount for a period is for the time from `at` on: all of it before the period, and
    nothing after it. Instants count to the second, what is below is cut off."""
    if _second(at) >= _second(period.end):
        return 0
    left, whole = seconds(period, at)
    return amount_minor if left >= whole else money.rounded(Decimal(amount_minor * left) / whole)


def seconds(period: Period, at: datetime) -> tuple[int, int]:
    """How many of a period are left at an instant, and how many it has."""
    whole = (_second(period.end) - _second(period.start)) // _SECOND
    left = (_second(period.end) - _second(max(at, period.start))) // _SECOND
    return left, whole


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
