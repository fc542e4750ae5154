"""Seats from stored log-ins."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import AgentPeak, SeatPeak
from quartermaster.usecases.usage.count_seats import count_seats
from tests.books import assert_books_hold, open_books

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 20, tzinfo=UTC)
PRODUCT = "contact_center_ai"


def _shift(name: str, start: float, end: float, bot: str = "helpdesk") -> list[Event]:
    return [
        Event(
            f"{name}-{kind}-{hour}-{bot}",
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


def test_a_log_out_at_one_bot_says_nothing_of_another() -> None:
    books = open_books("helpdesk", "bookings")
    books.feed([*_shift("ann", 8, 10), *_shift("ann", 9, 12, "bookings"), *_shift("bob", 11, 12)])
    found = count_seats(books.workspace.id, PRODUCT, Period(DAY, DAY + timedelta(days=1)))
    assert (found.peak, found.agents) == (2, ["ann", "bob"])
    peaks = AgentPeak.objects.filter(workspace=books.workspace).order_by("slot_at")
    assert [one.agents for one in peaks] == [1] * 12 + [2] * 4
    assert_books_hold()


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


def test_who_is_back_at_once_counts_as_long_as_in_the_hourly_peaks() -> None:
    books = open_books("helpdesk")
    start = datetime(2026, 11, 9, 10, tzinfo=UTC)
    day = Period(datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
    named = {"agent": "ann", "device": "desk", "product": PRODUCT}
    books.feed(
        [
            Event(f"{kind}-{hours}", f"agent.logged_{kind}", at, "helpdesk", **named)
            for kind, hours in (("in", 0), ("out", 10), ("in", 10))
            for at in [start + timedelta(hours=hours)]
        ]
    )
    found = count_seats(books.workspace.id, PRODUCT, day)
    assert (found.concurrent, found.peak, found.named) == (1, 1, 1)
    assert (found.peak_start, found.peak_end) == (day.start, start + timedelta(hours=22))
    peaks = SeatPeak.objects.filter(hour_at__gte=day.start, hour_at__lt=day.end)
    assert [one.agents for one in peaks.order_by("hour_at")] == [1] * 8
    assert_books_hold()
