"""Peaks of seats: whatever the order and the batches, those of counting all log-ins anew."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import AgentPeak, SeatPeak
from quartermaster.store.metering.models import Event as Stored
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.proof import _seats
from quartermaster.usecases.usage.count_seats import count_seats
from tests.books import NOW, Books, open_books

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 15, tzinfo=UTC)
PRODUCTS = ("contact_center_ai", "agent_ai")
HOURS = st.one_of(
    st.integers(0, 8).map(lambda number: 12.0 * number),
    st.integers(0, 8).map(lambda number: 12 * number + 1 / 3_600_000_000),
    st.integers(0, 400).map(lambda number: number / 4),
)


def login(number: int, hours: float, way: str, agent: str = "ann", **fields: str) -> Event:
    """A log-in (`in`) or log-out (`out`)."""
    said = {"bot": "helpdesk", "product": PRODUCTS[0]} | fields
    time = START + timedelta(hours=hours)
    return Event(f"l{number}", f"agent.logged_{way}", time, agent=agent, **said)


@st.composite
def scripts(draw: st.DrawFn) -> list[Event]:
    """Log-ins and log-outs over four days, many of them both at one instant."""
    made: list[Event] = []
    for _ in range(draw(st.integers(1, 12))):
        hours, agent = draw(HOURS), draw(st.sampled_from(["ann", "bob"]))
        fields = {
            "bot": draw(st.sampled_from(["helpdesk", "helpdesk", "bookings"])),
            "product": draw(st.sampled_from(PRODUCTS[:1] * 3 + PRODUCTS)),
        }
        for way in draw(st.sampled_from([("in",), ("out",), ("out", "in"), ("out", "in")])):
            made.append(login(len(made), hours, way, agent, **fields))
    return made


def peaks(books: Books) -> set[tuple[object, ...]]:
    """All that are stored, by the names of bots."""
    names = {bot.id: name for name, bot in books.bots.items()}
    alone = SeatPeak.objects.filter(bot__in=names)
    together = AgentPeak.objects.filter(workspace=books.workspace)
    columns = ("bot", "product", "hour_at", "agents")
    return {
        *((names[bot], *rest) for bot, *rest in alone.values_list(*columns)),
        *together.values_list("product", "slot_at", "agents"),
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_order_and_batches_make_the_peaks_of_a_whole_count(data: st.DataObject) -> None:
    script = data.draw(scripts())
    rest = data.draw(st.permutations(script))
    with transaction.atomic():
        plain, mixed = (open_books("helpdesk", "bookings") for _ in range(2))
        plain.feed(script)
        while rest:
            size = data.draw(st.integers(1, 4))
            mixed.feed(rest[:size])
            assert not list(_seats.differences(History()))
            rest = rest[size:]
        assert peaks(mixed) == peaks(plain)
        transaction.set_rollback(True)


def chain(count: int) -> list[Event]:
    """An agent who is back at once, every twelve hours; and who came first."""
    both = [(12 * number, way) for number in range(1, count) for way in ("out", "in")]
    return [login(place, *word) for place, word in enumerate([(0, "in"), *both])]


def test_a_log_in_may_hang_on_one_of_days_before() -> None:
    first, *others = chain(6)
    books = open_books("helpdesk")
    books.feed(others)
    assert peaks(books) == set()
    books.feed([first])
    assert SeatPeak.objects.count() == 72
    books.feed([login(90, 61, "in", "bob"), login(91, 62, "out", "bob")])
    assert not list(_seats.differences(History()))
    day = Period(START + timedelta(days=2), START + timedelta(days=3))
    assert count_seats(books.workspace.id, PRODUCTS[0], day).agents == ["ann", "bob"]


def test_and_that_one_may_be_archived(tmp_path: Path) -> None:
    books = open_books("helpdesk")
    books.archive = ParquetArchive(tmp_path)
    *early, out, back = chain(6)
    books.feed(early)
    list(archive_events(books.archive, books.workspace, None, NOW + timedelta(days=60), 20))
    assert not Stored.objects.exists()
    books.feed([out, back], NOW + timedelta(days=9))
    assert not list(_seats.differences(History(books.archive)))
    assert SeatPeak.objects.count() == 72


def places(table: str) -> set[str]:
    """Where the rows lie: one that is written anew lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"select ctid::text from {table}")
        return {place for (place,) in cursor.fetchall()}


def test_peaks_that_stay_are_not_written_again() -> None:
    books = open_books("helpdesk")
    books.feed([login(0, 8, "in"), login(1, 18, "out")])
    hours, slots = places("metering_seatpeak"), places("metering_agentpeak")
    assert (len(hours), len(slots)) == (10, 40)
    books.feed([login(2, 9, "in", "bob"), login(3, 10, "out", "bob")])
    assert len(places("metering_seatpeak") & hours) == 9
    assert len(places("metering_agentpeak") & slots) == 36
    books.feed([login(4, 15, "out")])
    assert len(places("metering_agentpeak")) == 28
