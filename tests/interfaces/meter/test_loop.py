"""The meter's loop: until told to stop, through everything that the database may do."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import OperationalError, connection

from quartermaster.core.usage.events import Submission
from quartermaster.interfaces.meter import loop
from quartermaster.interfaces.meter.loop import Meter
from quartermaster.store.metering.models import Event, Session
from quartermaster.usecases.ports import Batch, Outcome
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, Books, assert_books_hold, open_books, talk
from tests.interfaces import database
from tests.usecases.at_once import at_once


@pytest.fixture
def books(committed: None) -> Books:
    return open_books("helpdesk")


def meter(events: int = 20_000) -> Meter:
    return Meter(LOG, lambda: Policy(batch_events=events), lambda: NOW)


def test_drain_takes_all_that_waits_and_tells_what_was_new(books: Books) -> None:
    batch = talk("u0 b1 u2 u20")
    for _ in range(3):
        books.submit(batch)
    assert meter(events=4).drain() == 4
    assert meter().drain() == 0
    assert meter().step() is None
    assert Session.objects.count() == 2


def test_a_step_takes_as_much_as_the_policy_says(books: Books) -> None:
    for _ in range(3):
        books.submit(talk("u0 b1"))
    found = meter(events=3).step()
    assert found is not None
    assert (found.batches, found.stored) == (2, 4)


def test_it_goes_on_until_told_to_stop(books: Books) -> None:
    books.submit(talk("u0"))
    asked = iter([False] * 3 + [True])
    begun = time.monotonic()
    meter().run(lambda: next(asked))
    assert Event.objects.count() == 1
    assert time.monotonic() - begun >= loop._IDLE_SECONDS, "it rests when nothing waits"
    meter().run(lambda: True)


@dataclass
class BrokenLog:
    """A log whose database is away for the first few looks."""

    failures: int
    looks: list[float] = field(default_factory=list)

    def workspaces(self) -> list[int]:
        self.looks.append(time.monotonic())
        if len(self.looks) <= self.failures:
            raise OperationalError("the database system is starting up")
        return LOG.workspaces()

    def append(self, submission: Submission) -> None:
        LOG.append(submission)

    def read(self, workspace: int, limit: int) -> list[Batch]:
        return LOG.read(workspace, limit)

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        LOG.done(outcomes, at)


def test_a_database_that_is_away_is_waited_for(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_DOWN_SECONDS", 0.1)
    books.submit(talk("u0"))
    broken = BrokenLog(failures=2)
    Meter(broken, Policy, lambda: NOW).run(lambda: Event.objects.exists())
    assert len(broken.looks) == 3
    assert broken.looks[2] - broken.looks[0] >= 0.2


def beside(act: Callable[[], None]) -> threading.Thread:
    def whole() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=whole)
    thread.start()
    return thread


def test_a_meter_survives_that_its_backend_is_ended(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_DOWN_SECONDS", 0.05)
    stop = threading.Event()
    thread = beside(lambda: meter().run(stop.is_set))
    try:
        for number in range(5):
            books.submit(talk("u0", user=f"u{number}"))
            end = time.monotonic() + 20
            while Event.objects.count() <= number:
                assert time.monotonic() < end, "it has stopped metering"
                time.sleep(0.02)
            assert database.end_others() == 1
    finally:
        stop.set()
        thread.join(20)
    assert Session.objects.count() == 5
    assert_books_hold()


def test_two_meters_share_and_never_double(books: Books) -> None:
    shelf = [books, *(open_books("helpdesk") for _ in range(3))]
    for one in shelf:
        for number in range(10):
            one.submit(talk("u0 b1 u20", user=f"u{number}"))
            one.submit(talk("u5", user=f"u{number}"))

    def run() -> int:
        return sum(meter(events=8).drain() for _ in range(3))

    found = at_once(run, run)
    meter().drain()
    assert all(isinstance(one, int) for one in found), found
    assert Event.objects.count() == 4 * 10 * 4
    assert Session.objects.filter(withdrawn_by=None).count() == 4 * 10 * 2
    assert_books_hold()
