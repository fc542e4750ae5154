"""How the amount of a line came about, in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import money
from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.periods import Period
from quartermaster.core.plans import formulas, quotes
from quartermaster.core.plans.quotes import Anchor, PaidLine, Quote, Standing
from quartermaster.core.plans.terms import Terms
from tests.core.plans.plans import ADVANCED, ESSENTIAL, terms

START = datetime(2026, 4, 1, tzinfo=UTC)
APRIL = Period(START, datetime(2026, 5, 1, tzinfo=UTC))
UTC_ZONE = ZoneInfo("UTC")


def said(quote: Quote, currency: str = "USD") -> list[str]:
    return [formulas.line(line, quote.terms, quote.cycle, currency) for line in quote.lines]


def standing(has: Terms, currency: str = "USD") -> Standing:
    quote = quotes.begin(has, START, UTC_ZONE, currency)
    paid = (
        PaidLine(number, line.description, line.quantity, line.amount_minor, line.period)
        for number, line in enumerate(quote.lines)
    )
    anchor = Anchor(date(2026, 4, 1), UTC_ZONE)
    return Standing(has, anchor, APRIL, tuple(paid), currency)


def test_a_whole_cycle() -> None:
    quote = quotes.begin(terms(ESSENTIAL, seats=5), START, UTC_ZONE, "USD")
    assert said(quote) == ["$60.00", "2 included + 3 × $10.00 = $30.00"]


def test_what_is_left_of_one() -> None:
    has, at = standing(terms(ESSENTIAL, seats=3)), START + timedelta(days=10, seconds=0.4)
    assert said(quotes.modify(has, terms(ADVANCED, seats=4), at)) == [
        "−($60.00 × 1,728,000 s / 2,592,000 s) = −$40.00",
        "−($10.00 × 1,728,000 s / 2,592,000 s) = −$6.67",
        "$160.00 × 1,728,000 s / 2,592,000 s = $106.67",
        "2 included + 2 × $10.00 = $20.00; $20.00 × 1,728,000 s / 2,592,000 s = $13.33",
    ]


def test_a_longer_cadence_is_charged_whole() -> None:
    quote = quotes.modify(
        standing(terms(ESSENTIAL)), terms(ESSENTIAL, Cadence.ANNUAL), START + timedelta(days=15)
    )
    assert said(quote) == ["−($60.00 × 1,296,000 s / 2,592,000 s) = −$30.00", "$600.00"]


def test_in_a_currency_without_cents() -> None:
    quote = quotes.modify(
        standing(terms(ESSENTIAL), "JPY"), terms(ADVANCED), START + timedelta(days=15)
    )
    assert said(quote, "JPY")[1] == "JPY 160 × 1,296,000 s / 2,592,000 s = JPY 80"


@given(st.integers(0, 30 * 86_400 * 10**6 - 1), st.integers(2, 9))
@settings(max_examples=100, deadline=None)
def test_what_it_says_is_the_amount(micros: int, seats: int) -> None:
    at = START + timedelta(microseconds=micros)
    quote = quotes.modify(standing(terms(ESSENTIAL, seats=seats)), terms(ADVANCED, seats=9), at)
    for line, words in zip(quote.lines, said(quote), strict=True):
        amount = words.rpartition("= ")[2].replace("−", "-")
        assert amount == money.shown_minor(line.amount_minor, "USD")
