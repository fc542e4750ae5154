"""What use cases ask of the outside: small protocols, implemented by adapters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from quartermaster.core.usage.events import Accepted, Submission


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
