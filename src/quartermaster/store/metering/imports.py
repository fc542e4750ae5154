"""What becomes of the batches of an import, as the event log has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet, Sum

from quartermaster.store.metering.models import EventBatch


@dataclass(frozen=True, slots=True)
class Figures:
    """What meters made of the events that were accepted."""

    new: int
    duplicates: int
    conflicts: int


def prefix(digest: bytes) -> str:
    """How the request ids of a file's pieces begin."""
    return f"import:{digest.hex()[:12]}:"


def latest(workspace: int, digest: bytes) -> int:
    """The last batch of this file so far; 0 if there is none."""
    found = _batches(workspace, digest).aggregate(last=Max("id"))
    return found["last"] or 0


def waiting_events(workspace: int, digest: bytes) -> int:
    """How many events of this file no meter has come to."""
    found = _batches(workspace, digest).filter(done_at=None).aggregate(events=Sum("event_count"))
    return found["events"] or 0


def figures(workspace: int, digest: bytes, after: int, first_rows: Sequence[int]) -> Figures:
    """The sums over the pieces that begin with these rows, of batches later than `after`."""
    names = [f"{prefix(digest)}{row}" for row in first_rows]
    found = EventBatch.objects.filter(workspace=workspace, request_id__in=names, id__gt=after)
    sums = found.aggregate(
        new=Sum("stored_count", default=0),
        duplicates=Sum("duplicate_count", default=0),
        conflicts=Sum("conflict_count", default=0),
    )
    return Figures(**sums)


def _batches(workspace: int, digest: bytes) -> QuerySet[EventBatch]:
    return EventBatch.objects.filter(workspace=workspace, request_id__startswith=prefix(digest))
