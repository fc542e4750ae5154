"""Reads of what was sent: how many events, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
_MOST: Final = 20_000


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
    """Of the requests that came in a period."""
    found = sql.rows(_SQL["event_counts"], workspace=workspace, start=period.start, end=period.end)
    return EventCounts(*found[0])


def latest_requests(workspace: int, period: Period, limit: int) -> list[Request]:
    """The latest ones of a period."""
    bounds = {"start": period.start, "end": period.end}
    found = sql.rows(_SQL["latest_requests"], workspace=workspace, limit=limit, **bounds)
    return [Request(*row) for row in found]


def rejection_codes(workspace: int, period: Period) -> list[RejectionCode]:
    """The most frequent first; of the latest 20,000 rejections."""
    bounds = {"start": period.start, "end": period.end}
    found = sql.rows(_SQL["rejection_codes"], workspace=workspace, most=_MOST, **bounds)
    return [RejectionCode(*row) for row in found]
