"""What a change of terms costs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.catalog import quotes
from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.catalog.quotes import (
    Anchor,
    MixedChange,
    NothingChanges,
    PaidLine,
    Quote,
    Standing,
)
from quartermaster.core.catalog.terms import Terms
from quartermaster.core.periods import Period
from tests.core.catalog.plans import ADVANCED, CHEAP, ESSENTIAL, terms

UTC_ZONE = ZoneInfo("UTC")
APRIL = Period(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
ANCHOR = Anchor(date(2026, 4, 1), UTC_ZONE)
ANNUAL, MONTHLY = Cadence.ANNUAL, Cadence.MONTHLY


def after(quote: Quote, first: int = 1) -> Standing:
    """Where somebody stands who has paid an order."""
    paid = [
        PaidLine(first + place, line.description, line.quantity, line.amount_minor, line.period)
        for place, line in enumerate(quote.lines)
        if line.what != "unused"
    ]
    return Standing(quote.terms, quote.anchor, quote.cycle, tuple(paid), "USD")


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
        st.sampled_from((ESSENTIAL, ADVANCED)),
        st.sampled_from((MONTHLY, ANNUAL)),
        st.integers(2, 9),
        st.integers(0, 40 * 86_400),
    ),
    max_size=6,
)


@given(_wishes)
@settings(max_examples=150, deadline=None)
def test_never_more_is_credited_than_was_paid(
    wishes: list[tuple[object, Cadence, int, int]],
) -> None:
    """Whatever is changed, and when: each line is credited once, with no more than its amount, an
    order is never below zero, and what is in force was paid up to the end of its cycle."""
    standing, at, number = april(terms(ESSENTIAL)), APRIL.start, 1
    for offer, cadence, seats, seconds in wishes:
        at += timedelta(seconds=seconds)
        wanted = terms(offer, cadence, seats)  # type: ignore[arg-type]
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
            standing = after(quote, number)
            assert all(line.period.end == quote.cycle.end for line in standing.paid)
