"""The time of a report: whole hours and days by the local clock, and the time before it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import RangeRefused, Span, Step

HOUR, DAY, SLOT = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
BERLIN, HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
_zones = st.sampled_from(ZONES).map(ZoneInfo)
_instants = st.integers(1_420_000_000, 1_900_000_000).map(
    lambda second: periods.from_micros(second * 1_000_000)
)
_names = st.sampled_from(ranges.NAMES)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "period", "previous"),
    [
        # Seven days, the last one half over; then the same across the turns of summer time.
        ("UTC", "06-10T12:00", "06-04T00:00 06-11T00:00", "05-28T00:00 06-03T12:00"),
        ("Asia/Kolkata", "06-10T12:00", "06-03T18:30 06-10T18:30", "05-27T18:30 06-03T12:00"),
        ("Europe/Berlin", "03-31T10:00", "03-24T23:00 03-31T22:00", "03-17T23:00 03-24T11:00"),
        ("Europe/Berlin", "10-27T11:00", "10-20T22:00 10-27T23:00", "10-13T22:00 10-20T10:00"),
        ("Asia/Kathmandu", "06-10T18:15", "06-04T18:15 06-11T18:15", "05-28T18:15 06-03T18:15"),
    ],
)
def test_so_many_days_and_as_much_of_the_days_before(
    zone: str, at: str, period: str, previous: str
) -> None:
    span = ranges.named("7d", utc(f"2026-{at}"), ZoneInfo(zone))
    assert span.period == Period(*(utc(f"2026-{bound}") for bound in period.split()))
    assert span.previous == Period(*(utc(f"2026-{bound}") for bound in previous.split()))
    assert span.days == 7


def test_a_day_has_as_many_hours_as_its_clocks_show() -> None:
    at = utc("2026-06-10T12:00")
    short = ranges.between(date(2026, 3, 29), date(2026, 3, 29), at, BERLIN)
    long = ranges.between(date(2026, 10, 25), date(2026, 10, 25), at, BERLIN)
    assert short.period.end - short.period.start == 23 * HOUR
    assert short.previous == Period(short.period.start - DAY, short.period.start)
    assert long.period.end - long.period.start == 25 * HOUR
    assert len(ranges.names(short.period, BERLIN, Step.HOUR)) == 23
    assert "2026-03-29 02:00" not in ranges.names(short.period, BERLIN, Step.HOUR)
    assert len(ranges.names(long.period, BERLIN, Step.HOUR)) == 24  # 02:00 comes twice
    half = ranges.between(date(2026, 4, 5), date(2026, 4, 5), at, HOWE)
    assert half.period.end - half.period.start == 24.5 * HOUR
    assert len(ranges.names(half.period, HOWE, Step.HOUR)) == 24


def test_a_time_that_is_over_is_compared_with_all_of_the_time_before() -> None:
    span = ranges.between(date(2026, 3, 1), date(2026, 3, 31), utc("2026-06-10T12:00"), BERLIN)
    assert span.previous == Period(utc("2026-01-28T23:00"), utc("2026-02-28T23:00"))
    to_come = ranges.between(date(2026, 7, 1), date(2026, 7, 2), utc("2026-06-10T12:00"), BERLIN)
    assert to_come.previous == Period(utc("2026-06-28T22:00"), utc("2026-06-30T22:00"))


def test_a_leap_year_is_a_day_too_long_and_its_leap_day_is_a_day() -> None:
    at = utc("2025-06-10T12:00")
    with pytest.raises(RangeRefused, match="366 days are too many: at most 365"):
        ranges.between(date(2024, 1, 1), date(2024, 12, 31), at, BERLIN)
    span = ranges.between(date(2024, 1, 2), date(2024, 12, 31), at, BERLIN)
    assert span.days == ranges.LONGEST_DAYS
    days = ranges.names(span.period, BERLIN, Step.DAY)
    assert len(days) == 365
    assert "2024-02-29" in days
    assert ranges.names(span.period, BERLIN, Step.MONTH)[1] == "2024-02"


@pytest.mark.parametrize(
    ("zone", "at", "start"),
    [
        ("UTC", "2026-06-10T12:07", "2026-06-09T13:00"),
        ("UTC", "2026-06-10T12:00", "2026-06-09T13:00"),
        ("Asia/Kolkata", "2026-06-10T12:07", "2026-06-09T12:30"),
        ("Asia/Kathmandu", "2026-06-10T12:07", "2026-06-09T12:15"),
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-24T01:00"),
        ("Europe/Berlin", "2026-10-25T01:30", "2026-10-24T02:00"),
    ],
)
def test_the_last_24_hours_end_with_the_present_one(zone: str, at: str, start: str) -> None:
    span = ranges.named("24h", utc(at), ZoneInfo(zone))
    assert span.period == Period(utc(start), utc(start) + DAY)
    assert span.previous == Period(utc(start) - DAY, utc(at) - DAY)


@given(_names, _instants, _zones)
@example("24h", utc("2026-04-04T15:15"), HOWE)  # a quarter past the second 01:30 of the night
@settings(max_examples=200, deadline=None)
def test_now_is_in_it_and_as_much_time_has_passed_of_both(
    name: str, at: datetime, zone: ZoneInfo
) -> None:
    span = ranges.named(name, at, zone)
    assert at in span.period
    assert span.previous.start <= span.previous.end <= span.period.start
    turn = abs(at.astimezone(zone).utcoffset() - span.period.start.astimezone(zone).utcoffset())
    earlier = span.previous.start.astimezone(zone).utcoffset()
    turn += abs(span.period.start.astimezone(zone).utcoffset() - earlier)
    passed = at - span.period.start, span.previous.end - span.previous.start
    assert abs(passed[0] - passed[1]) <= turn, "but for the turns of summer time"
    if name in ranges.DAYS:
        assert span.days == ranges.DAYS[name]
        local = at.astimezone(zone)
        ago = (span.previous.end.astimezone(zone).replace(tzinfo=None)) - local.replace(tzinfo=None)
        assert abs(ago + ranges.DAYS[name] * DAY) <= HOUR, "by the local clock"
    else:
        assert span.period.end - span.period.start == DAY
        assert span.period.end - at <= HOUR


_FORMS = {Step.HOUR: "%Y-%m-%d %H:00", Step.DAY: "%Y-%m-%d", Step.MONTH: "%Y-%m"}


@given(_instants, st.integers(0, 31), _zones, st.sampled_from(Step))
@settings(max_examples=60, deadline=None)
def test_the_steps_are_those_of_every_quarter_of_an_hour(
    at: datetime, days: int, zone: ZoneInfo, step: Step
) -> None:
    first = at.astimezone(zone).date()
    period = ranges.between(first, first + days * DAY, at, zone).period
    slots = (period.end - period.start) // SLOT
    local = [(period.start + slot * SLOT).astimezone(zone) for slot in range(slots)]
    found = ranges.names(period, zone, step)
    assert found == list(dict.fromkeys(each.strftime(_FORMS[step]) for each in local))
    assert found == sorted(found)


def test_nothing_has_no_steps() -> None:
    at = utc("2026-06-10T12:00")
    assert ranges.names(Period(at, at), BERLIN, Step.HOUR) == []


@pytest.mark.parametrize(
    ("days", "wanted", "expected"),
    [
        (1, None, Step.HOUR),
        (2, None, Step.HOUR),
        (3, None, Step.DAY),
        (100, None, Step.DAY),
        (101, None, Step.MONTH),
        (32, "hour", Step.HOUR),
        (365, "day", Step.DAY),
        (1, "month", Step.MONTH),
    ],
)
def test_a_step_that_suits(days: int, wanted: str | None, expected: Step) -> None:
    first = date(2026, 1, 1)
    span = ranges.between(first, first + (days - 1) * DAY, utc("2026-06-10T12:00"), BERLIN)
    assert ranges.step_of(span, wanted) is expected


def test_what_cannot_be_shown_is_refused_by_the_field_at_fault() -> None:
    at, first = utc("2026-06-10T12:00"), date(2026, 1, 1)
    with pytest.raises(RangeRefused, match="one of 24h, 7d, 30d, 90d") as unknown:
        ranges.named("12d", at, BERLIN)
    with pytest.raises(RangeRefused, match="2025-12-31 is before 2026-01-01") as backwards:
        ranges.between(first, first - DAY, at, BERLIN)
    with pytest.raises(RangeRefused, match="too far away"):
        ranges.between(date(1, 1, 1), first, at, BERLIN)
    with pytest.raises(RangeRefused, match="too far away"):
        ranges.between(first, date(9999, 12, 31), at, BERLIN)
    with pytest.raises(RangeRefused, match="366 days") as too_long:
        ranges.between(first, first + 365 * DAY, at, BERLIN)
    span = ranges.between(first, first + 32 * DAY, at, BERLIN)
    with pytest.raises(RangeRefused, match="at most 31 days; choose days or months") as too_fine:
        ranges.step_of(span, "hour")
    with pytest.raises(RangeRefused, match="one of hour, day, month") as no_step:
        ranges.step_of(span, "week")
    found = (unknown, backwards, too_long, too_fine, no_step)
    assert [no.value.field for no in found] == ["range", "to", "from", "by", "by"]
    assert {(no.value.code, no.value.kind) for no in found} == {("range_refused", "invalid")}


def test_the_days_a_span_touches() -> None:
    span = ranges.named("24h", utc("2026-06-10T12:07"), BERLIN)
    assert (span.first_day, span.last_day, span.days) == (date(2026, 6, 9), date(2026, 6, 10), 2)
    midnight = periods.local_day(date(2026, 6, 10), BERLIN).end - SLOT
    whole = ranges.named("24h", midnight, BERLIN)
    assert (whole.first_day, whole.last_day, whole.days) == (date(2026, 6, 10),) * 2 + (1,)


def months_beside(first: date, last: date) -> dict[str, str]:
    return ranges.beside(ranges.between(first, last, utc("2026-06-10T12:00"), BERLIN), Step.MONTH)


def test_beside_a_step_is_the_same_time_of_the_local_clock_as_many_days_before() -> None:
    at = utc("2026-03-31T10:00")
    week = ranges.named("7d", at, BERLIN)
    days = ranges.beside(week, Step.DAY)
    assert (len(days), days["2026-03-25"], days["2026-03-31"]) == (7, "2026-03-18", "2026-03-24")
    hours = ranges.beside(week, Step.HOUR)
    assert hours["2026-03-29 01:00"] == "2026-03-22 01:00"
    assert hours["2026-03-29 03:00"] == "2026-03-22 03:00", "two o'clock was left out"
    turn = ranges.named("24h", utc("2026-03-29T22:30"), BERLIN)
    assert turn.previous.start == utc("2026-03-27T23:00")
    assert ranges.beside(turn, Step.HOUR)["2026-03-30 00:00"] == "2026-03-29 00:00"


def test_a_month_stands_beside_one_that_is_as_long() -> None:
    august = months_beside(date(2026, 8, 1), date(2026, 8, 31))
    assert august == {"2026-08": "2026-07"}
    year = months_beside(date(2026, 1, 1), date(2026, 12, 31))
    assert year == {f"2026-{month:02}": f"2025-{month:02}" for month in range(1, 13)}
    leap = months_beside(date(2024, 1, 2), date(2024, 12, 31))
    assert leap == {"2024-01": "2023-01"}, "29 February is compared with 1 March"
    assert months_beside(date(2026, 3, 1), date(2026, 3, 31)) == {}
    assert months_beside(date(2026, 1, 1), date(2026, 11, 22)) == {}
    assert months_beside(date(2026, 6, 4), date(2026, 6, 10)) == {}, "of May and June"


def test_beside_nothing_is_nothing() -> None:
    at = utc("2026-06-10T12:00")
    assert ranges.beside(Span(Period(at, at), Period(at, at), BERLIN), Step.DAY) == {}
