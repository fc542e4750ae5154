"""Reads of what was sent: how many events, and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
_MOST: Final = 20_000
_WINDOW: Final = timedelta(hours=1)
_GROWTH: Final = 8


@dataclass(frozen=True, slots=True)
class EventCounts:
    """`accepted` = stored + duplicates + conflicts + waiting for the meter; `rejected` were refused
    at once."""

    requests: int
    accepted: int
    rejected: int
    stored: int
    duplicates: int
    conflicts: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request or a piece of a file; None while the meter has not come to it."""

    id: int
    request_id: str
    received_at: datetime
    accepted: int
    rejected: int
    stored: int | None
    duplicates: int | None
    conflicts: int | None


@dataclass(frozen=True, slots=True)
class RejectionCode:
    """How often something was wrong, and the latest time of it."""

    code: str
    count: int
    latest_at: datetime
    reason: str
    field: str | None


def event_counts(workspace: int, period: Period) -> EventCounts:
    """Of the requests that came in a period. All workspaces' requests of that time are read, about
    a third of a second per million."""
    found = sql.rows(_SQL["event_counts"], workspace=workspace, start=period.start, end=period.end)
    return EventCounts(*found[0])


def latest_requests(
    workspace: int, period: Period, limit: int, window: timedelta = _WINDOW
) -> list[Request]:
    """The latest ones of a period, which is read backwards in windows of time that grow: a busy
    workspace's are found at once, a quiet one's in a few steps."""
    found: list[Request] = []
    for part in _windows(period, window):
        bounds = {"start": part.start, "end": part.end, "limit": limit - len(found)}
        rows = sql.rows(_SQL["latest_requests"], workspace=workspace, **bounds)
        found += [Request(*row) for row in rows]
        if len(found) >= limit:
            break
    return found


def _windows(period: Period, size: timedelta) -> Iterator[Period]:
    """Its parts, the latest first."""
    end = period.end
    while end > period.start:
        start = end - min(size, end - period.start)
        yield Period(start, end)
        end, size = start, size * _GROWTH


def rejection_codes(workspace: int, period: Period) -> list[RejectionCode]:
    """The most frequent first; of the latest 20,000 rejections."""
    bounds = {"start": period.start, "end": period.end}
    found = sql.rows(_SQL["rejection_codes"], workspace=workspace, most=_MOST, **bounds)
    return [RejectionCode(*row) for row in found]
