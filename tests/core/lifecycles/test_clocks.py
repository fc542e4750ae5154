"""A clock that goes or stands, spans of local time, and the order of what is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.clocks import BadSpan, ClockBackwards, Due, Span, TooFarAhead

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def test_a_clock_says_where_it_stands_or_what_the_world_says() -> None:
    assert clocks.read(None, NOON) == NOON
    assert clocks.read(NOON, NOON + HOUR) == NOON


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P1M", Span(months=1)),
        ("p1y6m", Span(months=18)),
        ("P2W", Span(days=14)),
        ("P1M30D", Span(months=1, days=30)),
        ("PT36H", Span(time=36 * HOUR)),
        (" P1DT1H30M5S ", Span(days=1, time=timedelta(hours=1, minutes=30, seconds=5))),
    ],
)
def test_spans_are_written_as_iso_8601_has_them(text: str, span: Span) -> None:
    assert clocks.span(text) == span


@pytest.mark.parametrize("text", ["", "P", "PT", "1M", "P1H", "P-1D", "P0D", "P1.5D", "P1M2Y"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadSpan) as no:
        clocks.span(text)
    assert no.value.field == "by"


@pytest.mark.parametrize("text", ["P3Y", "P25M", "P733D", "PT99999H"])
def test_a_span_of_more_than_two_years_is_too_far(text: str) -> None:
    with pytest.raises(TooFarAhead):
        clocks.span(text)


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-01-31T12:00:00+01:00", "P1M", "2026-02-28T12:00:00+01:00"),
        ("2026-02-28T12:00:00+01:00", "P1M", "2026-03-28T12:00:00+01:00"),
        ("2026-03-28T12:00:00+01:00", "P1D", "2026-03-29T12:00:00+02:00"),
        ("2026-03-28T12:00:00+01:00", "PT24H", "2026-03-29T13:00:00+02:00"),
        ("2026-03-28T02:30:00+01:00", "P1D", "2026-03-29T03:30:00+02:00"),
        ("2026-12-31T23:59:59+01:00", "P2M", "2027-02-28T23:59:59+01:00"),
        ("2028-02-29T00:00:00+01:00", "P1Y", "2029-02-28T00:00:00+01:00"),
    ],
)
def test_months_and_days_are_those_of_the_place(start: str, text: str, end: str) -> None:
    found = clocks.span(text).after(datetime.fromisoformat(start), BERLIN)
    assert found == datetime.fromisoformat(end)


def test_a_clock_that_stands_is_moved_on_only_and_not_too_far() -> None:
    assert clocks.moved(NOON, NOON) == NOON
    assert clocks.moved(NOON, NOON + clocks.MOST) == NOON + clocks.MOST
    with pytest.raises(ClockBackwards) as back:
        clocks.moved(NOON, NOON - timedelta(microseconds=1))
    with pytest.raises(TooFarAhead) as far:
        clocks.moved(NOON, NOON + clocks.MOST + timedelta(microseconds=1))
    assert (back.value.field, far.value.field) == ("to", "to")


DUES = st.builds(
    Due,
    st.integers(0, 3).map(lambda hours: NOON + hours * HOUR),
    st.integers(0, 2),
    st.integers(0, 3),
)


@given(st.lists(DUES), st.randoms(use_true_random=False))
def test_acts_come_by_time_then_job_then_number_in_whatever_order_they_are_found(
    waiting: list[Due], random: object
) -> None:
    done: list[Due] = []
    while (due := clocks.next_due(waiting, done)) is not None:
        done.append(due)
        random.shuffle(waiting)  # type: ignore[attr-defined]
    assert done == sorted(set(waiting))
