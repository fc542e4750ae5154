"""What use cases ask of the outside: small protocols, implemented by adapters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from quartermaster.core import errors
from quartermaster.core.usage.events import Accepted, Submission
from quartermaster.core.usage.state import Ints
from quartermaster.store.people.models import Workspace

Clock = Callable[[Workspace | None], datetime]
"""What a workspace's clock says; None: what concerns all workspaces goes by the world's."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A submission as the log gives it back."""

    id: int
    request_id: str
    events: Accepted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch's events: the three sum to its size."""

    batch: int
    stored: int
    duplicates: int
    conflicts: int


class EventLog(Protocol):
    """Accepted batches between door and meter, in the transaction of the caller."""

    def append(self, submission: Submission) -> None:
        """Adds a batch and its rejections."""

    def workspaces(self) -> list[int]:
        """The workspaces with batches that are not done, the longest waiting first."""

    def read(self, workspace: int, limit: int) -> list[Batch]:
        """The oldest batches that are not done: about `limit` events, at least one batch."""

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        """Marks batches as done and lets go of their bodies."""


@dataclass(frozen=True, slots=True)
class ArchivePiece:
    """Events on their way into a file, in columns. `key` holds sixteen bytes each, `time` is in
    microseconds, `channel` 0 is none.

    `words` tells by thread: bot, conversation, user, product, agent, device.
    """

    key: NDArray[np.void]
    content: Ints
    thread: Ints
    time: Ints
    channel: Ints
    kind: Ints
    channel_names: Mapping[int, str]
    words: Mapping[int, tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of the archive: its rows, the SHA-256 of its bytes, and how many of its first rows
    are nowhere else."""

    path: str
    rows: int
    digest: bytes
    dropped: int


@dataclass(frozen=True, slots=True)
class ArchivedRows:
    """Events from a file in columns; `channel` indexes `channel_names`, -1 is none."""

    thread: Ints
    time: Ints
    kind: Ints
    channel: Ints
    channel_names: list[str]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Where a file came to lie, and the SHA-256 of its bytes."""

    path: str
    digest: bytes


class ArchiveDamaged(errors.Refusal):
    """A file of the archive is missing or is not what was written."""

    code: ClassVar[str] = "archive_damaged"
    kind: ClassVar[errors.Kind] = "gone"


class ArchiveMissing(errors.Refusal):
    """A file that the database knows of is not in the folder of the archive."""

    code: ClassVar[str] = "archive_missing"
    kind: ClassVar[errors.Kind] = "gone"


class ArchiveNotWritten(errors.Refusal):
    """The system refuses to write a file of the archive."""

    code: ClassVar[str] = "archive_not_written"
    kind: ClassVar[errors.Kind] = "refused"


class EventArchive(Protocol):
    """Files of events, written once. Whatever cannot be read is ArchiveDamaged."""

    def require(self, paths: Iterable[str]) -> None:
        """ArchiveMissing if one of these files is not there; none is read."""

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        """Writes a file whole or not at all (ArchiveNotWritten), under a name like this one that no
        other file has. When it returns, it will outlive a power cut, and has been read again."""

    def fault(self, file: ArchivedFile) -> str | None:
        """What is wrong with the file, if it is not what was written; reads all of it."""

    def keys(self, file: ArchivedFile) -> Iterator[NDArray[np.void]]:
        """The keys of the rows that are not dropped, in pieces as they were written."""

    def rows(self, file: ArchivedFile, threads: Ints) -> Iterator[ArchivedRows]:
        """The dropped rows of these threads, by thread."""
