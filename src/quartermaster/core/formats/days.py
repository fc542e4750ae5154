"""Days and times in plain English, where nobody's language is known."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905


def shown(day: date) -> str:
    """`22 Nov 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def at(instant: datetime, zone: ZoneInfo) -> str:
    """`22 Nov 2026, 14:05 UTC`, as clocks in the zone show it."""
    local = instant.astimezone(zone)
    return f"{shown(local)}, {local:%H:%M %Z}"
