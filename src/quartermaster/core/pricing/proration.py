"""A share of a fee for a part of its time, by the second (docs/concepts/proration.md)."""

from datetime import datetime, timedelta
from decimal import Decimal

from quartermaster.core import money
from quartermaster.core.periods import Period

_SECOND = timedelta(seconds=1)


def unused(amount_minor: int, period: Period, at: datetime) -> int:
    """What of an amount for a period is for the time from `at` on: all of it before the period, and
    nothing after it. Instants count to the second, what is below is cut off."""
    start, end, now = _second(period.start), _second(period.end), _second(at)
    if now >= end:
        return 0
    if now <= start:
        return amount_minor
    return money.rounded(
        Decimal(amount_minor * ((end - now) // _SECOND)) / ((end - start) // _SECOND)
    )


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
