"""Months of events that are in files, and what brings them there. In the caller's transaction,
unless it says otherwise."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.periods import Period
from quartermaster.core.usage.state import Ints
from quartermaster.store import sql
from quartermaster.store.metering.models import Archive, EventBatch, EventImport
from quartermaster.store.people.models import Bot

_SQL: Final = sql.Queries(__package__)
_EVENT: Final = np.dtype(
    [
        ("key", "V16"),
        *((name, ">i8") for name in ("content", "thread", "time", "channel")),
        ("kind", ">i2"),
    ]
)
_STEERING: Final = np.dtype([("place", ">i8"), ("thread", ">i8")])


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells one set of a workspace's events from any other."""

    rows: int
    messages: int
    total: str


@dataclass(frozen=True, slots=True)
class NewArchive:
    """A file that holds what the table holds of a workspace's month."""

    workspace: int
    month: Period
    path: str
    digest: bytes
    held: Fingerprint


@contextmanager
def alone(workspace: int) -> Iterator[bool]:
    """Whether nobody else archives this workspace now; if so, nobody does until the end.

    A lock of the connection, across transactions: it goes with the connection.
    """
    [(is_ours,)] = sql.rows(_SQL["lock_alone"], workspace=workspace)
    try:
        yield is_ours
    finally:
        if is_ours:
            sql.rows(_SQL["unlock_alone"], workspace=workspace)


def hold_imports_off(workspace: int) -> None:
    """Nothing is imported into the workspace until the end of the transaction, and all that was
    can be seen."""
    sql.rows(_SQL["lock_imports_out"], workspace=workspace)


def hold_off(workspace: int) -> datetime | None:
    """Up to where the workspace's events are archived, which stays so until the end of the
    transaction; None if none are."""
    sql.rows(_SQL["lock_archive_out"], workspace=workspace)
    return archived_until(workspace)


def archived_until(workspace: int) -> datetime | None:
    """Up to where the workspace's events are archived; None if none are."""
    [(until,)] = sql.rows(_SQL["archived_until"], workspace=workspace)
    return until  # type: ignore[no-any-return]


def waiting_events(workspace: int) -> bool:
    """Whether batches of the workspace wait for a meter."""
    return EventBatch.objects.filter(workspace=workspace, done_at=None).exists()


def is_importing(workspace: int, since: datetime) -> bool:
    """Whether a file was read of whose end nobody has come to, and some of it after `since`."""
    begun = EventImport.objects.filter(workspace=workspace, finished_at=None)
    return begun.filter(read_at__gt=since).exists()


def months(workspace: int, period: Period) -> list[datetime]:
    """The starts of the months (UTC) of the period with events in the table."""
    found = sql.rows(
        _SQL["months_with_events"], workspace=workspace, start=period.start, end=period.end
    )
    return [start for (start,) in found]


def fingerprint(workspace: int, month: Period) -> Fingerprint:
    """Of what the table holds of the month."""
    [row] = sql.rows(_SQL["fingerprint"], workspace=workspace, start=month.start, end=month.end)
    return Fingerprint(*row)


def events(workspace: int, month: Period, count: int) -> Iterator[NDArray[Any]]:
    """The month's events in the table by thread and time, `count` at a time: key, content, thread,
    time, channel (0: none), kind."""
    for rows in sql.stream(
        _SQL["month_events"],
        _EVENT,
        count,
        workspace=workspace,
        start=month.start,
        end=month.end,
    ):
        rows["time"] += sql.POSTGRES_EPOCH
        yield rows


def thread_words(threads: Ints) -> dict[int, tuple[str | None, ...]]:
    """By thread: its bot's public id, conversation, user, product, agent, device."""
    found = sql.rows(_SQL["thread_words"], threads=sql.bigints(threads))
    return {thread: tuple(words) for thread, *words in found}


def add(new: NewArchive, at: datetime) -> None:
    """Writes it down; nothing has left the table yet."""
    Archive.objects.create(
        workspace_id=new.workspace,
        start_at=new.month.start,
        end_at=new.month.end,
        path=new.path,
        row_count=new.held.rows,
        message_count=new.held.messages,
        digest=new.digest,
        at=at,
    )


def unfinished(workspace: int) -> list[Archive]:
    """Those whose events are still in the table, some or all."""
    found = Archive.objects.filter(workspace=workspace, dropped_count__lt=F("row_count"))
    return list(found.order_by("start_at"))


def drop(archive: Archive, keys: sql.Keys) -> None:
    """The next rows of the file leave the table; they must all be there."""
    gone = sql.run(_SQL["drop_events"], keys=sql.uuids(keys))
    held = Archive.objects.filter(id=archive.pk, dropped_count=archive.dropped_count)
    archive.dropped_count += len(keys)
    if gone != len(keys) or not held.update(dropped_count=archive.dropped_count):
        words = f"{archive.path} holds {len(keys)} rows that should be in the table, {gone} are"
        raise InvariantBroken(words)


def paths(workspace: int) -> list[str]:
    """Where the workspace's files are."""
    return list(Archive.objects.filter(workspace=workspace).values_list("path", flat=True))


def every() -> list[Archive]:
    """All there are, in order."""
    return list(Archive.objects.order_by("workspace", "start_at"))


def since(bots: Sequence[int] | None, start: datetime) -> list[Archive]:
    """Those of the workspaces of these bots (None: of all) with events that left the table, of
    months that reach beyond `start`."""
    found = Archive.objects.filter(dropped_count__gt=0, end_at__gt=start)
    if bots is not None:
        found = found.filter(workspace__in=Bot.objects.filter(id__in=bots).values("workspace"))
    return list(found.order_by("start_at"))


def steering(threads: Ints) -> NDArray[Any]:
    """The channelless threads whose controls go to these, too: place in `threads`, thread."""
    found = sql.packed(_SQL["steering"], _STEERING, threads=sql.bigints(threads))
    found["place"] -= 1
    return found


def presence_threads(bots: Sequence[int], product: str) -> dict[int, tuple[str, int]]:
    """By thread: the agent and the bot."""
    found = sql.rows(_SQL["presence_threads"], bots=sql.bigints(list(bots)), product=product)
    return {thread: (agent, bot) for thread, agent, bot in found}


def count_threads() -> dict[int, int]:
    """By thread of plain units: its bot."""
    return dict(sql.rows(_SQL["count_threads"]))
