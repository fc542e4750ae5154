"""Seats from stored log-ins."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.usecases.usage.count_seats import count_seats
from tests.books import open_books

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 20, tzinfo=UTC)
PRODUCT = "contact_center_ai"


def _shift(name: str, start: float, end: float, bot: str = "helpdesk") -> list[Event]:
    return [
        Event(
            f"{name}-{kind}-{hour}",
            f"agent.logged_{kind}",
            DAY + timedelta(hours=hour),
            bot,
            agent=name,
            product=PRODUCT,
        )
        for kind, hour in (("in", start), ("out", end))
    ]


def test_the_peak_tells_when_and_who_over_all_bots() -> None:
    books = open_books("helpdesk", "bookings")
    books.feed([*_shift("ann", 8, 12), *_shift("bob", 12, 16), *_shift("cy", 9, 13, "bookings")])
    found = count_seats(books.workspace.id, PRODUCT, Period(DAY, DAY + timedelta(days=1)))
    assert (found.concurrent, found.peak, found.named) == (2, 2, 3)
    assert found.agents == ["ann", "cy"]
    assert (found.peak_start, found.peak_end) == (
        DAY + timedelta(hours=9),
        DAY + timedelta(hours=12),
    )


def test_a_stay_from_before_the_period_counts_in_it() -> None:
    books = open_books("helpdesk")
    books.feed(_shift("ann", -2, 1))
    found = count_seats(books.workspace.id, PRODUCT, Period(DAY, DAY + timedelta(days=1)))
    assert (found.concurrent, found.peak_start) == (1, DAY)
    after = Period(DAY + timedelta(hours=1), DAY + timedelta(days=1))
    assert count_seats(books.workspace.id, PRODUCT, after).concurrent == 0


def test_tolerance_forgives_short_peaks() -> None:
    books = open_books("helpdesk")
    books.feed([*_shift("ann", 8, 12), *_shift("bob", 9, 9.1)])
    day = Period(DAY, DAY + timedelta(days=1))
    found = count_seats(books.workspace.id, PRODUCT, day, timedelta(minutes=6))
    assert (found.concurrent, found.peak) == (1, 2)
