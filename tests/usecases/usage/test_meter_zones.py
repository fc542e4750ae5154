"""Usage by local days and months, in zones that are not whole hours from UTC."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.periods import Period
from quartermaster.store.metering import figures
from quartermaster.store.metering.models import Rollup, Session
from quartermaster.store.wallets.models import Charge
from tests.books import Books, assert_books_hold, open_books, talk

pytestmark = pytest.mark.django_db

FORMATS = {"hour": "%Y-%m-%d %H:00", "day": "%Y-%m-%d", "month": "%Y-%m"}
# Lord Howe goes from +10:30 to +11 on 2026-10-04 and back on 2026-04-05.
TURNS = ("2026-10-31", "2026-10-04", "2026-04-05", "2026-03-31", "2026-11-20")
ZONES = ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe")
EVER = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def around_midnights(zone: str) -> Books:
    """A session every 7.5 minutes of the three hours around local midnights, each of a user of
    its own."""
    books = open_books("helpdesk")
    batch = []
    for turn in TURNS:
        midnight = datetime.fromisoformat(turn).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for number in range(-12, 12):
            start = midnight + timedelta(minutes=7.5 * number)
            batch += talk("u0", start=start, user=f"{turn} {number}")
    books.feed(batch)
    return books


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("by", FORMATS)
def test_usage_is_that_of_the_sessions_by_local_time(zone: str, by: str) -> None:
    books = around_midnights(zone)
    starts = Session.objects.filter(withdrawn_by=None).values_list("start_at", flat=True)
    expected = Counter(at.astimezone(ZoneInfo(zone)).strftime(FORMATS[by]) for at in starts)
    found = figures.usage(books.workspace, EVER, by, zone)
    assert {one.group: one.quantity for one in found} == expected
    assert expected.total() == 24 * len(TURNS)
    assert all(one.free_micro == 200_000 * one.quantity for one in found)
    assert_books_hold()


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_day_alone_has_its_own_sessions(zone: str) -> None:
    books = around_midnights(zone)
    start = datetime(2026, 11, 20, tzinfo=ZoneInfo(zone))
    found = figures.usage(books.workspace, Period(start, start + timedelta(days=1)), "day", zone)
    assert [(one.group, one.quantity) for one in found] == [("2026-11-20", 12)]


def test_roll_ups_and_charges_are_by_the_quarter_of_an_hour() -> None:
    books = around_midnights("Asia/Kathmandu")
    for model in (Rollup, Charge):
        slots = set(model.objects.values_list("slot_at", flat=True))
        assert {at.minute for at in slots} == {0, 15, 30, 45}
        assert len(slots) == 12 * len(TURNS)
        assert all(at.second == at.microsecond == 0 for at in slots)
    assert sum(Rollup.objects.values_list("quantity", flat=True)) == 24 * len(TURNS)
    assert books.free() == 500_000_000 - 24 * len(TURNS) * 200_000
