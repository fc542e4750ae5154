"""What a change of terms costs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.catalog.offers import Cadence, Offer, SeatKind, SeatPrice
from quartermaster.core.periods import Period
from quartermaster.core.plans import quotes
from quartermaster.core.plans.quotes import (
    Anchor,
    MixedChange,
    NothingChanges,
    PaidLine,
    Quote,
    Standing,
)
from quartermaster.core.plans.terms import Terms
from tests.core.plans.plans import ADVANCED, CHEAP, ESSENTIAL, terms
from tests.core.pricing.prices import amounts as prices
from tests.core.pricing.prices import models

UTC_ZONE = ZoneInfo("UTC")
APRIL = Period(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
ANCHOR = Anchor(date(2026, 4, 1), UTC_ZONE)
ANNUAL, MONTHLY = Cadence.ANNUAL, Cadence.MONTHLY


def after(quote: Quote, first: int = 1, currency: str = "USD") -> Standing:
    """Where somebody stands who has paid an order."""
    paid = [
        PaidLine(first + place, line.description, line.quantity, line.amount_minor, line.period)
        for place, line in enumerate(quote.lines)
        if line.what != "unused"
    ]
    return Standing(quote.terms, quote.anchor, quote.cycle, tuple(paid), currency)


def april(has: Terms) -> Standing:
    return after(quotes.begin(has, APRIL.start, UTC_ZONE, "USD"))


def amounts(quote: Quote) -> list[tuple[str, int]]:
    return [(line.what, line.amount_minor) for line in quote.lines]


def test_a_new_subscription_pays_its_first_cycle() -> None:
    at = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)
    quote = quotes.begin(terms(ESSENTIAL, seats=5), at, ZoneInfo("America/New_York"), "USD")
    assert quote.cycle == Period(at, datetime(2026, 2, 28, 5, tzinfo=UTC))
    assert quote.anchor.day == date(2026, 1, 31)
    assert amounts(quote) == [("fee", 6_000), ("seats", 3_000)]
    assert quote.total_minor == 9_000


def test_the_anchor_is_the_local_day() -> None:
    at = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)
    quote = quotes.begin(terms(ESSENTIAL), at, ZoneInfo("Asia/Kolkata"), "USD")
    assert quote.anchor.day == date(2026, 2, 1)
    assert quote.cycle.end == datetime(2026, 2, 28, 18, 30, tzinfo=UTC)


def test_an_upgrade_in_the_middle() -> None:
    at = APRIL.start + timedelta(days=15)
    quote = quotes.modify(april(terms(ESSENTIAL)), terms(ADVANCED), at)
    assert quote.is_now
    assert amounts(quote) == [("unused", -3_000), ("fee", 8_000)]
    assert quote.cycle == APRIL
    assert {line.period for line in quote.lines} == {Period(at, APRIL.end)}


def test_more_seats() -> None:
    at = APRIL.start + timedelta(days=10)
    quote = quotes.modify(april(terms(ESSENTIAL, seats=4)), terms(ESSENTIAL, seats=10), at)
    assert amounts(quote) == [
        ("unused", -4_000),
        ("unused", -1_333),
        ("fee", 4_000),
        ("seats", 5_333),
    ]


def test_from_monthly_to_annual_a_new_year_begins() -> None:
    at = APRIL.start + timedelta(days=15, hours=6)
    quote = quotes.modify(april(terms(ESSENTIAL)), terms(ESSENTIAL, ANNUAL), at)
    assert amounts(quote) == [("unused", -2_950), ("fee", 60_000)]
    assert quote.anchor.day == date(2026, 4, 16)
    assert quote.cycle == Period(at, datetime(2027, 4, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("has", "wanted"),
    [
        (terms(ADVANCED), terms(ESSENTIAL)),
        (terms(ESSENTIAL, seats=4), terms(ESSENTIAL, seats=3)),
        (terms(ESSENTIAL, ANNUAL), terms(ESSENTIAL)),
        (terms(ESSENTIAL), terms(CHEAP)),
    ],
)
def test_less_and_cheaper_comes_with_the_next_cycle(has: Terms, wanted: Terms) -> None:
    standing = april(has)
    quote = quotes.modify(standing, wanted, APRIL.start + timedelta(days=3))
    assert not quote.is_now
    assert quote.lines == ()
    assert quote.cycle.start == standing.cycle.end


@pytest.mark.parametrize(
    ("has", "wanted"),
    [
        (terms(ADVANCED), terms(ESSENTIAL, seats=3)),
        (terms(ADVANCED), terms(ESSENTIAL, ANNUAL)),
        (terms(ESSENTIAL, seats=4), terms(ADVANCED, seats=3)),
        (terms(ESSENTIAL, ANNUAL), terms(ADVANCED)),
    ],
)
def test_up_and_down_at_once_is_refused(has: Terms, wanted: Terms) -> None:
    with pytest.raises(MixedChange):
        quotes.modify(april(has), wanted, APRIL.start)


def test_no_change() -> None:
    with pytest.raises(NothingChanges):
        quotes.modify(april(terms(ESSENTIAL)), terms(ESSENTIAL), APRIL.start)


def test_another_version_of_the_same_plan_is_a_change() -> None:
    other = replace(terms(ESSENTIAL), version=500)
    quote = quotes.modify(april(terms(ESSENTIAL)), other, APRIL.start)
    assert quote.is_now
    assert quote.total_minor == 0


def test_on_the_anchor_instant_the_new_terms_renew() -> None:
    quote = quotes.modify(april(terms(ESSENTIAL)), terms(ADVANCED), APRIL.end)
    assert amounts(quote) == [("fee", 16_000)]
    assert quote.cycle == Period(APRIL.end, datetime(2026, 6, 1, tzinfo=UTC))
    before = quotes.modify(
        april(terms(ESSENTIAL)), terms(ADVANCED), APRIL.end - timedelta(microseconds=1)
    )
    assert before.cycle == APRIL
    assert before.total_minor == 0


def test_a_renewal_is_a_whole_cycle_that_never_drifts() -> None:
    at = datetime(2026, 1, 31, 9, tzinfo=UTC)
    standing = after(quotes.begin(terms(ESSENTIAL), at, UTC_ZONE, "USD"))
    starts = []
    for _ in range(3):
        quote = quotes.renew(standing, standing.terms)
        assert amounts(quote) == [("fee", 6_000)]
        assert quote.cycle.start == standing.cycle.end
        starts.append(f"{quote.cycle.start:%m-%d}")
        standing = after(quote)
    assert starts == ["02-28", "03-31", "04-30"]


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Pacific/Kiritimati", datetime(2026, 5, 31, 10, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 6, 1, 7, tzinfo=UTC)),
        ("Etc/GMT+12", datetime(2026, 6, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_workspace_that_moved_pays_for_no_time_twice(zone: str, end: datetime) -> None:
    """Its midnights are others; the cycle begins where the last one ended all the same."""
    moved = replace(april(terms(ESSENTIAL)), anchor=Anchor(date(2026, 4, 1), ZoneInfo(zone)))
    for quote in (
        quotes.renew(moved, moved.terms),
        quotes.modify(moved, terms(ADVANCED), APRIL.end),
    ):
        assert quote.cycle == Period(APRIL.end, end)
        following = quotes.renew(after(quote), quote.terms)
        assert following.cycle == quote.anchor.cycle(end, 1)


def test_a_year_that_follows_months_is_a_whole_year() -> None:
    """Whether it is ordered after the cycle has ended, or as less than what was paid already."""
    whole = Period(APRIL.end, datetime(2027, 5, 1, tzinfo=UTC))
    late = quotes.modify(april(terms(ESSENTIAL)), terms(ESSENTIAL, ANNUAL), APRIL.end)
    assert (late.cycle, late.anchor.day, late.total_minor) == (whole, date(2026, 5, 1), 60_000)
    bargain = Terms(500, replace(ESSENTIAL, fees={ANNUAL: Decimal(5)}), ANNUAL, 2)
    early = quotes.modify(april(terms(ESSENTIAL)), bargain, APRIL.start)
    assert (early.is_now, early.cycle, early.lines) == (False, whole, ())
    renewal = quotes.renew(april(terms(ESSENTIAL)), bargain)
    assert (renewal.cycle, amounts(renewal)) == (whole, [("fee", 500)])


def test_renewed_in_a_later_cycle_the_time_between_is_not_charged() -> None:
    quote = quotes.modify(april(terms(ESSENTIAL)), terms(ADVANCED), APRIL.end + timedelta(days=40))
    assert quote.cycle == ANCHOR.cycle(APRIL.end + timedelta(days=40), 1)
    assert amounts(quote) == [("fee", 16_000)]


def test_a_change_before_the_cycle_has_begun_is_for_all_of_it() -> None:
    at = APRIL.start - timedelta(days=3)
    quote = quotes.modify(april(terms(ESSENTIAL)), terms(ADVANCED), at)
    assert amounts(quote) == [("unused", -6_000), ("fee", 16_000)]
    assert {line.period for line in quote.lines} == {APRIL}


def test_a_downgrade_is_renewed_at_its_own_price() -> None:
    quote = quotes.renew(april(terms(ADVANCED, seats=4)), terms(ESSENTIAL))
    assert amounts(quote) == [("fee", 6_000)]


def test_two_changes_in_one_second() -> None:
    at = APRIL.start + timedelta(days=15)
    first = quotes.modify(april(terms(ESSENTIAL)), terms(ADVANCED), at)
    second = quotes.modify(after(first, 10), terms(ADVANCED, seats=3), at)
    assert amounts(second) == [("unused", -8_000), ("fee", 8_000), ("seats", 500)]


_wishes = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from((MONTHLY, ANNUAL)),
        st.integers(2, 9),
        st.integers(0, 40 * 86_400),
    ),
    max_size=6,
)


@st.composite
def _plans(draw: st.DrawFn) -> list[Offer]:
    """Two, at any price: free ones, and ones whose further seats make the others cheaper, too."""
    return [
        replace(
            offer,
            fees={cadence: draw(prices) for cadence in Cadence},
            seats=SeatPrice(
                SeatKind.NAMED, {cadence: draw(models) for cadence in Cadence}, included=2
            ),
        )
        for offer in (ESSENTIAL, ADVANCED)
    ]


@given(st.just([ESSENTIAL, ADVANCED]) | _plans(), _wishes, st.sampled_from(("USD", "JPY", "KWD")))
@settings(max_examples=200, deadline=None)
def test_never_more_is_credited_than_was_paid(
    plans: list[Offer], wishes: list[tuple[int, Cadence, int, int]], currency: str
) -> None:
    """Whatever is changed, and when: each line is credited once, with no more than its amount, an
    order is never below zero, and what is in force was paid up to the end of its cycle."""
    standing = after(quotes.begin(terms(plans[0]), APRIL.start, UTC_ZONE, currency), 1, currency)
    at, number = APRIL.start, 1
    for rank, cadence, seats, seconds in wishes:
        at += timedelta(seconds=seconds)
        wanted = terms(plans[rank], cadence, seats)
        try:
            quote = quotes.modify(standing, wanted, at)
        except (MixedChange, NothingChanges):
            continue
        paid = {line.id: line.amount_minor for line in standing.paid}
        for line in quote.lines:
            assert line.what != "unused" or 0 <= -line.amount_minor <= paid.pop(
                line.of.id if line.of else 0
            )
        assert quote.total_minor >= 0
        if quote.is_now:
            number += 10
            standing = after(quote, number, currency)
            assert quote.cycle.start <= at < quote.cycle.end
            assert all(line.period.end == quote.cycle.end for line in standing.paid)
