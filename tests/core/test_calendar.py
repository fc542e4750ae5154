"""The calendar of what is paid: fees and months over years, in every kind of time zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Cadence, Offer
from quartermaster.core.periods import Period
from quartermaster.core.plans import quotes
from quartermaster.core.plans.quotes import Anchor, MixedChange, NothingChanges, Quote, Standing
from quartermaster.core.plans.tariffs import Tally, Tariff
from tests.core.plans.plans import ADVANCED, ESSENTIAL, plan_stretch, terms

ZONES = (
    "UTC",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Asia/Beirut",
)
MICROSECOND = timedelta(microseconds=1)
_zones = st.sampled_from(ZONES).map(ZoneInfo)
_instants = st.integers(14_000 * 86_400, 25_000 * 86_400).map(
    lambda seconds: periods.from_micros(seconds * 10**6)
)


def standing(quote: Quote) -> Standing:
    return Standing(quote.terms, quote.anchor, quote.cycle, (), "USD")


def bought(at: datetime, zone: ZoneInfo, cycles: int, cadence: Cadence) -> list[Quote]:
    """A subscription's orders: the first one and its renewals."""
    found = [quotes.begin(terms(ESSENTIAL, cadence), at, zone, "USD")]
    while len(found) < cycles:
        found.append(quotes.renew(standing(found[-1]), found[-1].terms))
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2024, 1, 31), date(2024, 2, 29), date(2026, 12, 1)])
def test_a_year_is_twelve_fees(zone: str, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    year = bought(at, ZoneInfo(zone), 12, Cadence.MONTHLY)
    assert [quote.total_minor for quote in year] == [6_000] * 12
    again = quotes.renew(standing(year[-1]), terms(ESSENTIAL))
    local = again.cycle.start.astimezone(ZoneInfo(zone))
    assert (local.year, local.month) == (day.year + 1, day.month)
    assert local.day == (28 if day == date(2024, 2, 29) else day.day)


@given(_instants, _zones, st.sampled_from(Cadence))
@example(datetime(2010, 11, 7, 2, 45, tzinfo=UTC), ZoneInfo("America/St_Johns"), Cadence.MONTHLY)
@example(datetime(2011, 12, 30, 9, 59, tzinfo=UTC), ZoneInfo("Pacific/Apia"), Cadence.MONTHLY)
@example(datetime(2024, 2, 29, 12, tzinfo=UTC), ZoneInfo("UTC"), Cadence.ANNUAL)
@settings(max_examples=150, deadline=None)
def test_what_is_bought_has_no_gap_no_overlap_and_does_not_drift(
    at: datetime, zone: ZoneInfo, cadence: Cadence
) -> None:
    """Thirteen fees: a whole cycle each, of which the first begins with the purchase."""
    orders = bought(at, zone, 13, cadence)
    day = at.astimezone(zone).date()
    assert orders[0].cycle.start == at
    assert all(at < quote.cycle.end and quote.anchor == Anchor(day, zone) for quote in orders)
    assert all(one.cycle.end == other.cycle.start for one, other in pairwise(orders))
    assert {quote.total_minor for quote in orders} == {orders[0].total_minor}
    starts = [_local_day(quote.cycle.start, zone) for quote in orders[1:]]
    assert starts == [
        _months_later(day, n * terms(ESSENTIAL, cadence).months) for n in range(1, 13)
    ]


_acts = st.lists(
    st.tuples(
        st.sampled_from((ESSENTIAL, ADVANCED)),
        st.sampled_from(Cadence),
        st.integers(2, 4),
        _zones,
        st.timedeltas(timedelta(), timedelta(days=200)),
    ),
    max_size=8,
)


@given(_instants, _zones, _acts)
@settings(max_examples=150, deadline=None)
def test_whatever_is_changed_and_wherever_one_moves_no_time_is_paid_twice(
    at: datetime, zone: ZoneInfo, acts: list[tuple[Offer, Cadence, int, ZoneInfo, timedelta]]
) -> None:
    """Renewed in time or changed first, even after the cycle ended, with other midnights."""
    has = standing(quotes.begin(terms(ESSENTIAL), at, zone, "USD"))
    for offer, cadence, seats, moved, later in acts:
        at += later
        while has.cycle.end + timedelta(days=7) < at:
            quote = quotes.renew(has, has.terms)
            assert quote.cycle.start == has.cycle.end
            assert_whole(quote)
            has = standing(quote)
        has = replace(has, anchor=Anchor(has.anchor.day, moved))
        try:
            quote = quotes.modify(has, terms(offer, cadence, seats), at)
        except (MixedChange, NothingChanges):
            continue
        if not quote.is_now or at >= has.cycle.end:
            assert quote.cycle.start == has.cycle.end
            assert_whole(quote)
        if quote.is_now:
            assert at in quote.cycle
            has = standing(quote)


def assert_whole(quote: Quote) -> None:
    """A fee is for a month or a year, give or take the day by which zones differ."""
    least, most = ((26, 33), (364, 368))[quote.terms.months == 12]
    assert timedelta(days=least) < quote.cycle.end - quote.cycle.start < timedelta(days=most)


def _local_day(start: datetime, zone: ZoneInfo) -> date:
    """The day that begins then; Apia left one out, so two begin at once."""
    day = start.astimezone(zone).date()
    while periods.local_day(day, zone).start < start:
        day += timedelta(days=1)
    return day


def _months_later(day: date, months: int) -> date:
    """By another way than the product's: the last day of the month that is there."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for there in range(day.day, 27, -1):
        try:
            return date(year, month + 1, there)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


@pytest.mark.parametrize(
    ("zone", "anchor", "at", "start"),
    [
        ("America/Havana", 8, "2026-03-08T05:00", "2026-03-08T05:00"),  # 00:00 is not there
        ("America/Havana", 8, "2026-03-08T04:59", "2026-02-08T05:00"),
        ("America/Havana", 1, "2026-11-01T04:00", "2026-11-01T04:00"),  # 00:00 is there twice
        ("America/Havana", 1, "2026-11-01T05:00", "2026-11-01T04:00"),
        ("Africa/Cairo", 24, "2026-04-23T22:00", "2026-04-23T22:00"),  # begins at 01:00
        ("Africa/Cairo", 30, "2026-10-29T21:00", "2026-09-29T21:00"),  # 23:00 is there twice
        ("Africa/Cairo", 30, "2026-10-29T22:00", "2026-10-29T22:00"),
        ("Asia/Beirut", 29, "2026-03-28T22:00", "2026-03-28T22:00"),
        ("Asia/Beirut", 25, "2026-10-24T21:00", "2026-09-24T21:00"),
        ("America/Sao_Paulo", 4, "2018-11-04T03:00", "2018-11-04T03:00"),
        ("America/Sao_Paulo", 17, "2019-02-17T02:59", "2019-01-17T02:00"),
        ("America/Sao_Paulo", 17, "2019-02-17T03:00", "2019-02-17T03:00"),
        ("America/St_Johns", 7, "2010-11-07T02:45", "2010-11-07T02:30"),  # 00:01 went to 23:01
        ("Pacific/Apia", 30, "2011-12-30T10:00", "2011-12-30T10:00"),  # there was no 30 December
        ("Pacific/Apia", 31, "2011-12-30T10:00", "2011-12-30T10:00"),
        ("Australia/Lord_Howe", 5, "2026-04-04T13:00", "2026-04-04T13:00"),
        ("Asia/Kathmandu", 1, "2026-02-28T18:14", "2026-01-31T18:15"),
    ],
)
def test_days_that_begin_oddly(zone: str, anchor: int, at: str, start: str) -> None:
    found = periods.cycle_at(date(2005, 1, anchor), ZoneInfo(zone), _utc(at))
    assert found.start == _utc(start)


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "months", "february"),
    [
        (date(2099, 1, 31), 1, "2100-02-28"),
        (date(2096, 2, 29), 12, "2100-02-28"),
        (date(2099, 11, 30), 3, "2100-02-28"),
        (date(2027, 11, 29), 3, "2028-02-29"),
        (date(2024, 2, 29), 12, "2028-02-29"),
        (date(2023, 12, 31), 1, "2024-02-29"),
    ],
)
def test_the_end_of_february(anchor: date, months: int, february: str) -> None:
    at = datetime.fromisoformat(february).replace(tzinfo=UTC)
    cycle = periods.cycle_at(anchor, ZoneInfo("UTC"), at, months)
    assert cycle.start == at
    assert periods.cycle_at(anchor, ZoneInfo("UTC"), at - MICROSECOND, months).end == at


@given(_zones, st.dates(date(2008, 1, 1), date(2030, 1, 1)), _instants)
@example(ZoneInfo("America/Havana"), date(2025, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC))
@example(ZoneInfo("Africa/Cairo"), date(2025, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC))
@settings(max_examples=150, deadline=None)
def test_usage_counts_to_one_month_and_on_its_first_instant_to_the_new_one(
    zone: ZoneInfo, day: date, at: datetime
) -> None:
    anchor = Anchor(day, zone)
    month = anchor.cycle(at, 1)
    one = plan_stretch(anchor)
    places = [
        (month.start - MICROSECOND, anchor.cycle(month.start - MICROSECOND, 1)),
        (month.start, month),
        (at, month),
        (month.end - MICROSECOND, month),
        (month.end, anchor.cycle(month.end, 1)),
    ]
    for several in (places, places[::-1]):
        tariff = Tariff([one])
        for instant, of in several:
            found = tariff.tally("billing_session", periods.to_micros(instant))
            assert found == Tally(1, 101, "billing_session", periods.to_micros(of.start), False)
    assert places[0][1].end == month.start
    assert places[-1][1].start == month.end


@given(_zones, _instants, st.timedeltas(timedelta(), timedelta(days=400)))
@example(ZoneInfo("America/St_Johns"), datetime(2010, 11, 7, 2, 45, tzinfo=UTC), timedelta(days=3))
@example(ZoneInfo("America/St_Johns"), datetime(2010, 11, 5, 2, tzinfo=UTC), timedelta(2, 2_700))
@settings(max_examples=100, deadline=None)
def test_the_ends_beside_whole_days_are_never_below_nothing(
    zone: ZoneInfo, at: datetime, more: timedelta
) -> None:
    found = periods.whole_days(Period(at, at + more), zone)
    assert found.before.start == at
    assert found.before.start <= found.before.end <= found.after.start <= found.after.end
    assert found.after.end == at + more
