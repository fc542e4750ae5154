"""Old events of a workspace move from the table into files, a month at a time."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction

from quartermaster.core import periods
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.periods import Period
from quartermaster.core.usage import horizon
from quartermaster.store import sql
from quartermaster.store.metering import archives, queries
from quartermaster.store.metering.archives import NewArchive
from quartermaster.store.metering.models import Archive
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.archive import _history
from quartermaster.usecases.ports import ArchiveDamaged, ArchivePiece, EventArchive

_ROWS: Final = 65_536
_IMPORTS_REST: Final = timedelta(days=7)
"""How long a file that was not read to its end is waited for: its old rows would be refused."""


class Step(StrEnum):
    """How far a month has come. `WAITING`: events wait for a meter. `IMPORTING`: a file is being
    imported, or its import was broken off. `CHANGED`: events came in while the file was written.
    `BUSY`: somebody else archives this workspace. They stay for next time."""

    DROPPING = "dropping"
    DONE = "archived"
    WAITING = "waiting"
    IMPORTING = "importing"
    CHANGED = "changed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Progress:
    """Of `rows` events in the file of the month, `dropped` have left the table."""

    workspace: Workspace
    step: Step
    month: datetime | None = None
    path: str = ""
    rows: int = 0
    dropped: int = 0


def archive_events(
    archive: EventArchive,
    workspace: Workspace,
    before: datetime | None,
    at: datetime,
    rows: int = _ROWS,
) -> Iterator[Progress]:
    """Archives whole months (UTC) before `before`, by default all that may be, the oldest first,
    and tells how it gets on. Refusals: TooRecent, ArchiveDamaged, ArchiveMissing,
    ArchiveNotWritten.

    First a month's file is written; then it is written down that the file is what the table holds;
    then the events leave the table, `rows` per transaction. Killed in between, the next run goes
    on. None of this may run in a transaction of the caller's.
    """
    end = horizon.horizon(before, at)
    with archives.alone(workspace.id) as is_ours:
        if not is_ours:
            yield Progress(workspace, Step.BUSY)
            return
        for begun in archives.unfinished(workspace.id):
            yield from _drop(archive, workspace, begun)
        start = archives.archived_until(workspace.id) or queries.LONG_AGO
        for first in archives.months(workspace.id, Period(start, max(start, end))):
            month = periods.utc_month(first)
            failed = _store(archive, workspace, month, at, rows)
            if failed is not None:
                yield Progress(workspace, failed, first)
                return
            for begun in archives.unfinished(workspace.id):
                yield from _drop(archive, workspace, begun)


def _store(
    archive: EventArchive, workspace: Workspace, month: Period, at: datetime, rows: int
) -> Step | None:
    """Writes the file and writes it down, unless there is a reason to wait."""
    name = f"events/{workspace.public_id}/{month.start.date().isoformat()[:7]}"
    if reason := _reason_to_wait(workspace, at):
        return reason
    archive.require(archives.paths(workspace.id))
    with sql.snapshot(), closing(_pieces(workspace, month, rows)) as pieces:
        held = archives.fingerprint(workspace.id, month)
        file = archive.write(name, pieces)
    with transaction.atomic():
        archives.hold_imports_off(workspace.id)
        people.lock_workspace(workspace.id)
        if reason := _reason_to_wait(workspace, at):
            return reason
        if archives.fingerprint(workspace.id, month) != held:
            return Step.CHANGED
        archives.add(NewArchive(workspace.id, month, file.path, file.digest, held), at)
    return None


def _reason_to_wait(workspace: Workspace, at: datetime) -> Step | None:
    if archives.is_importing(workspace.id, at - _IMPORTS_REST):
        return Step.IMPORTING
    return Step.WAITING if archives.waiting_events(workspace.id) else None


def _pieces(workspace: Workspace, month: Period, rows: int) -> Generator[ArchivePiece, None, None]:
    names = queries.channel_names()
    for found in archives.events(workspace.id, month, rows):
        yield ArchivePiece(
            **{
                name: found[name]
                for name in ("key", "content", "thread", "time", "channel", "kind")
            },
            channel_names=names,
            words=archives.thread_words(found["thread"]),
        )


def _drop(archive: EventArchive, workspace: Workspace, begun: Archive) -> Iterator[Progress]:
    """Nothing leaves the table before all of the file has been read again from where it lies."""
    file = _history.archived_file(begun)
    if fault := archive.fault(file):
        raise ArchiveDamaged(f"{begun.path} {fault}; its events are still in the database")
    for keys in archive.keys(file):
        with transaction.atomic():
            people.lock_workspace(workspace.id)
            archives.drop(begun, keys)
        is_done = begun.dropped_count == begun.row_count
        step = Step.DONE if is_done else Step.DROPPING
        count = (begun.row_count, begun.dropped_count)
        yield Progress(workspace, step, begun.start_at, begun.path, *count)
    if begun.dropped_count != begun.row_count:
        raise InvariantBroken(f"{begun.path} has fewer rows than were written")
