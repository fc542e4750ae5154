"""A file of past events goes into the log, piece by piece, and can be taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event, Rejection, Submission, Window
from quartermaster.store.metering import archives
from quartermaster.store.metering import operations as metering
from quartermaster.usecases.ports import EventLog


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows [first_row, end_row) of a file: its events by row, and what was malformed."""

    workspace: int
    digest: bytes
    first_row: int
    end_row: int
    parsed: list[tuple[int, Event]]
    malformed: list[Rejection]


@dataclass(frozen=True, slots=True)
class Imported:
    """What was accepted of a piece and what was not; `is_repeat`: somebody had read it before."""

    accepted: int
    rejected: list[Rejection]
    is_repeat: bool = False


def import_events(
    log: EventLog, piece: Piece, window: Window, bots: Mapping[str, int], at: datetime
) -> Imported:
    """Appends a piece and remembers how far the file has been read, in one transaction.

    Two imports of one file at once share the work: a piece that the other has done is passed over.
    What is so old that it would belong to an archived month is rejected.
    """
    with transaction.atomic():
        window = window.behind(archives.hold_off(piece.workspace))
        accepted, unfit = events.accept(piece.parsed, window, bots)
        rejected = sorted([*piece.malformed, *unfit], key=lambda one: one.index)
        progress = metering.lock_import(piece.workspace, piece.digest, at)
        if progress.rows_read > piece.first_row:
            return Imported(0, [], is_repeat=True)
        request_id = f"import:{piece.digest.hex()[:12]}:{piece.first_row}"
        log.append(Submission(piece.workspace, request_id, at, accepted, rejected))
        progress.rows_read = piece.end_row
        progress.accepted_count += len(accepted)
        progress.rejected_count += len(rejected)
        progress.read_at = at
        progress.save()
    return Imported(len(accepted), rejected)
