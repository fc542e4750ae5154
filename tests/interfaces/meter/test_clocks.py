"""The meter's loop while somebody turns the clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from quartermaster.core.usage.events import Submission
from quartermaster.interfaces.meter.loop import Meter
from quartermaster.store.metering.models import Session
from quartermaster.usecases.ports import Batch, Outcome
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, Books, assert_books_hold, open_books, talk


@pytest.fixture
def books(committed: None) -> Books:
    return open_books("helpdesk")


@dataclass
class SpoiltLog:
    """A log that cannot be read the first time; `reads` are the ticks at which it was tried."""

    clocks: "Clocks"
    reads: list[float] = field(default_factory=list)

    def workspaces(self) -> list[int]:
        return LOG.workspaces()

    def append(self, submission: Submission) -> None:
        LOG.append(submission)

    def read(self, workspace: int, limit: int) -> list[Batch]:
        self.reads.append(self.clocks.ticks)
        if len(self.reads) == 1:
            raise ValueError("spoilt")
        return LOG.read(workspace, limit)

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        LOG.done(outcomes, at)


@dataclass
class Clocks:
    """A clock that may be turned, and ticks that go on: `rounds` says what the clock shows in each
    round, of which one lasts ten seconds."""

    rounds: list[datetime]
    ticks: float = 1_000.0

    def is_stopping(self) -> bool:
        self.ticks += 10
        if len(self.rounds) == 1:
            return True
        self.rounds.pop(0)
        return False

    def now(self) -> datetime:
        return self.rounds[0]


@pytest.mark.parametrize("hours", [-3, 3], ids=["back", "forth"])
def test_a_workspace_that_failed_is_tried_after_a_minute_whatever_the_clock_says(
    books: Books, hours: int
) -> None:
    books.submit(talk("u0 b1"))
    clocks = Clocks([NOW, NOW] + [NOW + timedelta(hours=hours)] * 8)
    log = SpoiltLog(clocks)
    Meter(log, Policy, clocks.now, lambda: clocks.ticks).run(clocks.is_stopping)
    first, second = log.reads
    assert second - first == 60
    assert Session.objects.count() == 1
    assert_books_hold()
