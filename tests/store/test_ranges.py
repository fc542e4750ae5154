"""The steps of a range are named as PostgreSQL names the groups of roll-ups."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from quartermaster.core import periods
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import Step
from quartermaster.core.usage.units import UNITS
from quartermaster.store import sql
from quartermaster.store.metering import figures, operations
from tests.books import NOW, open_books

pytestmark = pytest.mark.django_db
SLOT = timedelta(minutes=15)
_FORMS = {Step.HOUR: "%Y-%m-%d %H:00", Step.DAY: "%Y-%m-%d", Step.MONTH: "%Y-%m"}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2024, 2, 29)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/Havana", date(2026, 11, 1)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Asia/Kathmandu", date(2025, 12, 31)),
        ("Pacific/Kiritimati", date(2025, 12, 31)),
    ],
)
@pytest.mark.parametrize("home", ["own zone", "another zone"])
def test_groups_are_the_names_of_steps(zone: str, day: date, home: str) -> None:
    books = open_books("helpdesk", zone=zone if home == "own zone" else "Asia/Tokyo")
    place = ZoneInfo(zone)
    span = ranges.between(day - timedelta(days=1), day + timedelta(days=1), NOW, place)
    slots = (span.period.end - span.period.start) // SLOT
    bot = books.bots["helpdesk"].id
    rows = sql.rows(
        "select extract(epoch from %(start)s + n * interval '15 minutes')::bigint * 1000000 "
        "from generate_series(0, %(slots)s::int - 1) n",
        start=span.period.start,
        slots=slots,
    )
    starts = [start for (start,) in rows]
    none, one = [0] * slots, [1] * slots
    unit = [UNITS.index("billing_session")] * slots
    operations.add_to_rollups(
        operations.Figures(*map(np.array, ([bot] * slots, starts, unit, none, one, none, none)))
    )
    for step in Step:
        for only in (figures.EVERYTHING, figures.Only(bot)):
            found = figures.usage(books.workspace, span.period, step, zone, only)
            assert [each.group for each in found] == ranges.names(span.period, place, step)
            local = [periods.from_micros(start).astimezone(place) for start in starts]
            expected = Counter(at.strftime(_FORMS[step]) for at in local)
            assert {each.group: each.quantity for each in found} == expected
