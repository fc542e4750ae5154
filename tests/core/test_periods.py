"""Instants, local days, and billing cycles that never drift."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import periods
from quartermaster.core.periods import Period

MICROSECOND = timedelta(microseconds=1)
ZONES = (
    "UTC",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Pacific/Apia",
)
_zones = st.sampled_from(ZONES).map(ZoneInfo)
_instants = st.integers(0, 24_000 * 86_400 * 10**6).map(periods.from_micros)
_anchors = st.one_of(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sampled_from([date(2024, 2, 29), date(2025, 1, 31), date(2025, 8, 31), date(2025, 1, 30)]),
)
_lengths = st.sampled_from((1, 3, 12))


def starts(anchor: date, zone: str, count: int, months: int = 1) -> list[datetime]:
    """The local starts of the first cycles from the anchor on."""
    place = ZoneInfo(zone)
    at = datetime.combine(anchor, datetime.min.time(), place).astimezone(UTC)
    found = []
    for _ in range(count):
        cycle = periods.cycle_at(anchor, place, at, months)
        found.append(cycle.start.astimezone(place))
        at = cycle.end
    return found


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2023, 1, 31), 1, ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]),
        (date(2024, 1, 31), 1, ["01-31", "02-29", "03-31", "04-30", "05-31", "06-30"]),
        (date(2023, 1, 30), 1, ["01-30", "02-28", "03-30", "04-30"]),
        (date(2023, 1, 29), 1, ["01-29", "02-28", "03-29", "04-29"]),
        (date(2024, 1, 29), 1, ["01-29", "02-29", "03-29", "04-29"]),
        (date(2023, 1, 28), 1, ["01-28", "02-28", "03-28", "04-28"]),
        (date(2023, 11, 1), 1, ["11-01", "12-01", "01-01", "02-01"]),
        (date(2023, 11, 30), 3, ["11-30", "02-29", "05-30", "08-30", "11-30"]),
        (date(2024, 2, 29), 12, ["02-29", "02-28", "02-28", "02-28", "02-29"]),
        (date(2024, 2, 29), 1, ["02-29", "03-29", "04-29"]),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_cycles_start_on_the_anchors_day(
    anchor: date, months: int, expected: list[str], zone: str
) -> None:
    found = starts(anchor, zone, len(expected), months)
    assert [f"{start:%m-%d}" for start in found] == expected
    assert {f"{start:%H:%M}" for start in found} == {"00:00"}


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("America/Los_Angeles", "2026-03-01T08:00", "2026-04-01T07:00"),
        ("Asia/Kolkata", "2026-02-28T18:30", "2026-03-31T18:30"),
        ("Pacific/Auckland", "2026-02-28T11:00", "2026-03-31T11:00"),
        ("Europe/Berlin", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("Australia/Lord_Howe", "2026-02-28T13:00", "2026-03-31T13:00"),
    ],
)
def test_cycles_are_local_months(zone: str, start: str, end: str) -> None:
    cycle = periods.cycle_at(date(2025, 12, 1), ZoneInfo(zone), datetime(2026, 3, 15, tzinfo=UTC))
    assert f"{cycle.start:%Y-%m-%dT%H:%M}" == start
    assert f"{cycle.end:%Y-%m-%dT%H:%M}" == end


def test_west_of_utc_the_first_evening_still_belongs_to_the_month_before() -> None:
    at = datetime(2026, 3, 1, 7, 59, tzinfo=UTC)
    cycle = periods.cycle_at(date(2026, 1, 1), ZoneInfo("America/Los_Angeles"), at)
    assert cycle == Period(datetime(2026, 2, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC))


def test_there_are_cycles_before_the_anchor_too() -> None:
    at = datetime(2025, 2, 28, tzinfo=UTC)
    assert periods.cycle_at(date(2026, 1, 31), ZoneInfo("UTC"), at) == Period(
        at, datetime(2025, 3, 31, tzinfo=UTC)
    )


@given(_anchors, _zones, _instants, _lengths)
@settings(max_examples=200, deadline=None)
def test_every_instant_is_in_exactly_one_cycle(
    anchor: date, zone: ZoneInfo, at: datetime, months: int
) -> None:
    cycle = periods.cycle_at(anchor, zone, at, months)
    assert at in cycle
    assert cycle.end - cycle.start >= timedelta(days=27)
    for inside in (cycle.start, cycle.end - MICROSECOND):
        assert periods.cycle_at(anchor, zone, inside, months) == cycle
    assert periods.cycle_at(anchor, zone, cycle.end, months).start == cycle.end
    assert periods.cycle_at(anchor, zone, cycle.start - MICROSECOND, months).end == cycle.start


@given(_anchors, _zones, _instants)
@settings(max_examples=60, deadline=None)
def test_longer_cycles_are_made_of_months(anchor: date, zone: ZoneInfo, at: datetime) -> None:
    year = periods.cycle_at(anchor, zone, at, 12)
    months = [periods.cycle_at(anchor, zone, year.start)]
    while months[-1].end < year.end:
        months.append(periods.cycle_at(anchor, zone, months[-1].end))
    assert len(months) == 12
    assert months[-1].end == year.end
    assert periods.cycle_at(anchor, zone, at, 3).start in {month.start for month in months}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", date(2026, 3, 29), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Los_Angeles", date(2026, 3, 8), 23),
        ("America/Los_Angeles", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2025, 11, 2), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_local_day_is_as_long_as_it_was(zone: str, day: date, hours: float) -> None:
    found = periods.local_day(day, ZoneInfo(zone))
    assert found.end - found.start == timedelta(hours=hours)


@given(_zones, _instants)
@settings(max_examples=100, deadline=None)
def test_every_instant_is_in_its_local_day(zone: ZoneInfo, at: datetime) -> None:
    day = at.astimezone(zone).date()
    assert at in periods.local_day(day, zone)
    around = [periods.local_day(day + timedelta(days=step), zone) for step in (-1, 0, 1)]
    assert all(before.end == after.start for before, after in pairwise(around))


def test_a_period_is_half_open() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert start in Period(start, end)
    assert end - MICROSECOND in Period(start, end)
    assert end not in Period(start, end)
    assert start - MICROSECOND not in Period(start, end)


@pytest.mark.parametrize(
    ("instant", "micros"),
    [
        ("1970-01-01T00:00:00+00:00", 0),
        ("1970-01-01T01:00:00.000001+01:00", 1),
        ("1969-12-31T23:59:59.999999+00:00", -1),
        ("2026-03-01T12:00:00.123456+05:30", 1_772_346_600_123_456),
    ],
)
def test_instants_in_microseconds(instant: str, micros: int) -> None:
    at = datetime.fromisoformat(instant)
    assert periods.to_micros(at) == micros
    assert periods.from_micros(micros) == at


@given(st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=100, deadline=None)
def test_microseconds_are_kept(at: datetime) -> None:
    back = periods.from_micros(periods.to_micros(at))
    assert back == at
    assert back.tzinfo is UTC


@pytest.mark.parametrize("micros", [-(10**18), 10**18, 10**30])
def test_instants_outside_the_calendar_are_refused(micros: int) -> None:
    with pytest.raises(OverflowError):
        periods.from_micros(micros)


@given(_zones, _instants, st.integers(0, 40 * 86_400 * 10**6))
@settings(max_examples=200, deadline=None)
def test_whole_days_and_both_ends_make_up_the_period(
    zone: ZoneInfo, at: datetime, more: int
) -> None:
    period = Period(at, at + timedelta(microseconds=more))
    found = periods.whole_days(period, zone)
    assert found.before.start == period.start
    assert found.after.end == period.end
    assert found.before.end <= found.after.start
    if found.first == found.last:
        assert found.before.end == found.after.start
    else:
        assert found.before.end == periods.local_day(found.first, zone).start
        assert found.after.start == periods.local_day(found.last, zone).start
    longest = timedelta(hours=25)
    assert found.after.end - found.after.start < longest
    assert found.before.end - found.before.start < longest * (1 if found.first < found.last else 2)


@given(_instants)
def test_a_month_in_utc_holds_its_instant_and_ends_where_the_next_begins(at: datetime) -> None:
    month = periods.utc_month(at)
    assert at in month
    assert month.start == datetime(at.year, at.month, 1, tzinfo=UTC)
    assert periods.utc_month(month.end).start == month.end
