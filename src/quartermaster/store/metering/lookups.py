"""Reads of single sessions, for whoever asks what they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.core.usage.identity import ThreadKind, ThreadName
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session; what is of its conversation is None if late events gave that another start, which
    happens to withdrawn ones. `made_at` and `withdrawn_at` are those of corrections."""

    id: int
    workspace: str
    bot: str
    bot_name: str
    bot_id: int
    thread_id: int
    conversation: str | None
    user: str | None
    channel: str | None
    unit: str
    start_at: datetime
    conversation_start_at: datetime | None
    conversation_end_at: datetime | None
    anchor_at: datetime | None
    messages: int | None
    made_at: datetime | None
    withdrawn_at: datetime | None


def deliveries(bot: int, kind: int, period: Period, limit: int) -> list[datetime]:
    """When a bot's units of an event kind came in a period, the first ones in the table."""
    key = sql.uuids(sql.keys([ThreadName(bot, ThreadKind.COUNT).key()]))
    bounds = {"start": period.start, "end": period.end}
    found = sql.rows(_SQL["deliveries"], key=key, kind=kind, limit=limit, **bounds)
    return [at for (at,) in found]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in a list."""

    id: int
    bot: str
    unit: str
    start_at: datetime
    conversation: str | None
    user: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class TouchedSession:
    """A session that a correction made, or else took back."""

    id: int
    start_at: datetime
    unit: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Recut:
    """Late events had a thread cut again at `at`, and that changed sessions from `from_at` on. So
    many stood `before` and `after` from the start of the conversation on, in later ones of the
    thread too; those that stood both times are not among `sessions`."""

    id: int
    at: datetime
    from_at: datetime
    before: int
    after: int
    sessions: list[TouchedSession] = field(default_factory=list)


def recuts(session: int) -> list[Recut]:
    """The corrections that made or took back a session, the first one first."""
    found: dict[int, Recut] = {}
    for row in sql.rows(_SQL["recuts"], session=session):
        recut = found.setdefault(row[0], Recut(*row[:5]))
        recut.sessions.append(TouchedSession(*row[5:]))
    # What was cut again begins further back than what that changed.
    return [
        replace(one, from_at=max(one.from_at, min(each.start_at for each in one.sessions)))
        for one in found.values()
    ]


def find_session(session: int) -> SessionFacts | None:
    """By id, standing or withdrawn."""
    found = sql.rows(_SQL["session"], session=session)
    return SessionFacts(*found[0]) if found else None


def sessions(bots: Sequence[int], period: Period, limit: int) -> list[SessionLine]:
    """The first standing sessions of these bots that begin in the period."""
    found = sql.rows(
        _SQL["sessions"],
        bots=sql.bigints(list(bots)),
        start=period.start,
        end=period.end,
        limit=limit,
    )
    return [SessionLine(*row) for row in found]
