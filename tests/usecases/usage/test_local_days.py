"""Each session is counted in one local day, hour and month: at midnights, at the turns of summer
time, and at the end of the year, west and east."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.store.metering import figures
from quartermaster.store.metering.models import Session
from tests.books import Books, assert_books_hold, open_books, talk

pytestmark = pytest.mark.django_db

MICROSECOND, HALF_HOUR, DAY = timedelta(microseconds=1), timedelta(minutes=30), timedelta(days=1)
EVER = Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
FORMATS = {"hour": "%Y-%m-%d %H:00", "day": "%Y-%m-%d", "month": "%Y-%m"}
DAYS = (
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("America/Los_Angeles", date(2026, 3, 8), 23),
    ("America/Los_Angeles", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Pacific/Chatham", date(2026, 4, 5), 25),
    ("Pacific/Chatham", date(2026, 9, 27), 23),
    ("Africa/Cairo", date(2026, 4, 24), 23),  # its midnight is left out
    ("America/Havana", date(2026, 3, 8), 23),
    ("America/Havana", date(2026, 11, 1), 25),  # its midnight comes twice
    ("Asia/Kolkata", date(2025, 12, 31), 24),
    ("Asia/Kathmandu", date(2025, 12, 31), 24),
    ("America/St_Johns", date(2025, 12, 31), 24),
    ("Pacific/Pago_Pago", date(2025, 12, 31), 24),
    ("Pacific/Kiritimati", date(2025, 12, 31), 24),
)


HOMES = pytest.mark.parametrize("is_home", [True, False], ids=["own zone", "another zone"])
"""Whether who looks is in the workspace's zone, whose days have roll-ups of their own."""


def around(day: Period, home: str) -> Books:
    """A session each half-hour from an hour before the day to an hour after it, and on both sides
    of its bounds, each of a user of its own."""
    steps = int((day.end - day.start) / HALF_HOUR)
    starts = [day.start + step * HALF_HOUR for step in range(-2, steps + 2)]
    starts += [day.start - MICROSECOND, day.end - MICROSECOND]
    books = open_books("helpdesk", zone=home)
    books.feed([each for at in starts for each in talk("u0", start=at, user=at.isoformat())])
    return books


@HOMES
@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_the_days_part_the_sessions_among_them(
    zone: str, day: date, hours: float, is_home: bool
) -> None:
    place = ZoneInfo(zone)
    whole = periods.local_day(day, place)
    assert whole.end - whole.start == timedelta(hours=hours)
    books = around(whole, zone if is_home else "Asia/Tokyo")
    starts = list(Session.objects.values_list("start_at", flat=True))
    counts = Counter(at.astimezone(place).date() for at in starts)
    assert counts == {day - DAY: 3, day: int(hours * 2) + 1, day + DAY: 2}
    for one, count in counts.items():
        found = figures.usage(books.workspace, periods.local_day(one, place), "day", zone)
        assert [(each.group, each.quantity) for each in found] == [(one.isoformat(), count)]
        assert found[0].free_micro == count * 200_000
    for by, form in FORMATS.items():
        expected = Counter(at.astimezone(place).strftime(form) for at in starts)
        found = figures.usage(books.workspace, EVER, by, zone)
        assert {each.group: each.quantity for each in found} == expected
        assert len(found) == len(expected), "no group comes twice"
    assert_books_hold()


@pytest.mark.parametrize("zone", ["UTC", "America/Havana", "Africa/Cairo", "Asia/Kathmandu"])
def test_whole_days_and_what_is_left_at_both_ends_add_up(zone: str) -> None:
    """The workspace's own zone, with roll-ups of days, against the same hours one by one."""
    place = ZoneInfo(zone)
    books = around(periods.local_day(date(2026, 4, 24), place), zone)
    starts = [datetime(2026, 4, 23, 22, tzinfo=UTC) + step * HALF_HOUR for step in range(0, 100, 7)]
    for start in starts:
        for end in (start, start + HALF_HOUR, start + 20 * HALF_HOUR, start + 60 * HALF_HOUR):
            period = Period(start, end)
            hours = figures.usage(books.workspace, period, "hour", zone)
            for by in ("day", "month", "bot", "channel"):
                found = figures.usage(books.workspace, period, by, zone)
                assert sum(one.quantity for one in found) == sum(one.quantity for one in hours)
                assert sum(one.free_micro for one in found) == sum(one.free_micro for one in hours)
                if by == "day":
                    expected = Counter[str]()
                    for one in hours:
                        expected[one.group[:10]] += one.quantity
                    assert {one.group: one.quantity for one in found} == expected


@HOMES
@pytest.mark.parametrize(
    "zone", ["Pacific/Pago_Pago", "America/St_Johns", "UTC", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
def test_a_conversation_over_the_end_of_the_year_counts_each_session_where_it_begins(
    zone: str, is_home: bool
) -> None:
    midnight = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    books = open_books("helpdesk", zone=zone if is_home else "Asia/Tokyo")
    books.feed(talk("u0 b8 u14 b21 u24", start=midnight - timedelta(minutes=10)))

    def groups(by: str, period: Period = EVER) -> list[tuple[str, int]]:
        found = figures.usage(books.workspace, period, by, zone)
        return [(one.group, one.quantity) for one in found]

    assert groups("month") == [("2025-12", 1), ("2026-01", 1)]
    assert groups("day") == [("2025-12-31", 1), ("2026-01-01", 1)]
    assert groups("hour") == [("2025-12-31 23:00", 1), ("2026-01-01 00:00", 1)]
    assert groups("month", Period(EVER.start, midnight)) == [("2025-12", 1)]
    assert groups("month", Period(midnight, EVER.end)) == [("2026-01", 1)]
