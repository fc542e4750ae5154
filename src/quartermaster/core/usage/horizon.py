"""How old raw events must be to leave the database (docs/decisions/0014-archive.md)."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from quartermaster.core import errors, periods
from quartermaster.core.usage import events

KEPT: Final = timedelta(microseconds=events.LATE_MICROS) + timedelta(days=1)
"""The late window, and a day for clocks that differ and requests under way: younger events stay."""


class TooRecent(errors.Refusal):
    """Events of the last 36 days stay in the database."""

    code: ClassVar[str] = "too_recent"
    kind: ClassVar[errors.Kind] = "invalid"


def horizon(before: datetime | None, at: datetime) -> datetime:
    """Whole months are archived: the start of the month in UTC of `before`, or of the latest
    instant that may be archived by `at`. Refusal: TooRecent."""
    latest = at - KEPT
    start = periods.utc_month(before or latest).start
    if start > latest:
        allowed = periods.utc_month(latest).start
        words = f"events from before {allowed:%Y-%m-%d} may be archived now, not {start:%Y-%m-%d}"
        raise TooRecent(words, field="before")
    return start
