"""What cycles come to, and what late usage changes."""

import random
from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts import statements
from quartermaster.core.plans.contracts.prices import Prices
from quartermaster.core.plans.contracts.statements import Fee, Line, Seats, Seen, Used
from quartermaster.core.usage.units import UNITS
from tests.core.plans.contracts.agreed import (
    DAY,
    MARCH,
    START,
    contract,
    offer,
    price,
    prices,
    stretch,
)

TIERS = {
    "included": 3,
    "model": "graduated",
    "tiers": [{"up_to": 5, "unit": "0.333"}, {"unit": "0.0125", "flat": "1"}],
}
VOLUME = {"model": "volume", "tiers": [{"up_to": 9, "unit": "0.1"}, {"unit": "0.05"}]}
SEAT = {"model": "per_unit", "amount": "20", "included": 2}
AGREED = contract(
    price(1, terms=TIERS),
    price(2, "alert", terms=VOLUME, start=START + 9 * DAY, end=START + 12 * DAY),
    price(3, "agent_ai", "concurrent", SEAT),
    commitment_minor=700,
)
PRICES = prices(AGREED, (1, stretch(offer("advanced"), START + DAY)))
[SEAT_SOURCE] = PRICES.of_seats("agent_ai")


def fee(number: int, amount_minor: int = 5_000) -> Fee:
    return Fee(number, number, 1, "Advanced, monthly fee", 1, amount_minor, Period(START, MARCH))


def told(lines: tuple[Line, ...]) -> list[tuple[str, int, int]]:
    return [(one.what, one.quantity, one.amount_minor) for one in lines]


used = st.builds(
    Used,
    st.integers(1, 3),
    st.sampled_from([unit.value for unit in UNITS]),
    st.integers(0, 27).map(lambda day: START + day * DAY),
    st.integers(0, 40),
)
seen = st.builds(
    Seen,
    st.lists(used, max_size=20),
    st.lists(
        st.builds(
            Seats,
            st.just("agent_ai"),
            st.just(SEAT_SOURCE),
            st.integers(0, 20),
            st.integers(0, 20),
        ),
        max_size=1,
    ),
    st.lists(st.integers(1, 9), max_size=3, unique=True).map(lambda ids: list(map(fee, ids))),
)


def test_lines_say_how_they_came_about() -> None:
    whole = Seen(
        [Used(1, "billing_session", START, 4), Used(2, "billing_session", START + DAY, 5)],
        [Seats("agent_ai", SEAT_SOURCE, 5, 9)],
        [fee(4)],
    )
    found = statements.statement(PRICES, whole)
    assert told(found.lines) == [("usage", 9, 268), ("seats", 5, 6_000), ("fee", 1, 5_000)]
    sessions, seats, _ = found.lines
    assert sessions.description == "Billing sessions, as agreed"
    assert sessions.formula == (
        "3 included + 5 × $0.333 + 1 × $0.0125 + $1.00 = $2.6775, rounded to $2.68"
    )
    assert sessions.parts == {1: 4, 2: 5}
    assert seats.description == "Agent AI, concurrent seats, as agreed"
    assert seats.formula == "2 included + 3 × $20.00 = $60.00"
    assert found.total_minor == 11_268
    assert found.due_date.isoformat() == "2026-03-31"


def test_up_to_the_minimum_commitment() -> None:
    found = statements.statement(PRICES, Seen([Used(1, "billing_session", START, 4)]))
    assert told(found.lines) == [("usage", 4, 33), ("true_up", 1, 667)]
    assert found.lines[1].formula == "$7.00 − $0.33 = $6.67"
    assert found.total_minor == 700


def test_a_price_that_holds_for_a_time_prices_its_time_alone() -> None:
    days = [Used(2, "alert", START + n * DAY, 8) for n in (8, 9, 11, 12)]
    found = statements.statement(PRICES, Seen(days))
    alerts = [line for line in found.lines if line.of == "alert"]
    assert told(tuple(alerts)) == [("usage", 16, 0), ("usage", 16, 80)]
    assert alerts[1].period == Period(START + 9 * DAY, START + 12 * DAY)


def test_late_usage_is_adjusted_and_the_commitment_with_it() -> None:
    early = Seen([Used(1, "billing_session", START, 4)])
    late = Seen([Used(1, "billing_session", START, 6), Used(2, "billing_session", START, 1)])
    before, after = (statements.statement(PRICES, one).lines for one in (early, late))
    found = statements.adjust(before, after, 12, "USD")
    assert told(found) == [("adjustment", 3, 100), ("adjustment", 0, -100)]
    assert found[0].description == "Adjustment: Billing sessions, as agreed"
    assert found[0].formula == "7 instead of 4: $1.33 − $0.33 = $1.00"
    assert (found[0].parts, found[0].corrects) == ({1: 2, 2: 1}, 12)
    assert statements.adjust((*before, *found), after, 12, "USD") == ()


@given(seen)
def test_lines_sum_to_the_total_which_is_at_least_the_commitment(one: Seen) -> None:
    found = statements.statement(PRICES, one)
    assert found.total_minor == sum(line.amount_minor for line in found.lines)
    assert found.total_minor >= found.commitment_minor == 700
    assert len({line.key for line in found.lines}) == len(found.lines)
    units = Counter[str]()
    for each in one.used:
        units[each.unit] += each.quantity
    counted = Counter[str]()
    for line in found.lines:
        if line.what == "usage":
            counted[line.of or ""] += line.quantity
            assert sum(line.parts.values()) == line.quantity
    assert counted == units


@given(seen, st.randoms())
def test_the_order_of_anything_does_not_matter(one: Seen, chance: random.Random) -> None:
    """Nor does it how usage comes in parts."""
    parts = [part for each in one.used for part in _parts(each, chance)]
    fees = list(one.fees)
    chance.shuffle(parts)
    chance.shuffle(fees)
    again = statements.statement(PRICES, Seen(parts, one.seats, fees))
    assert again == statements.statement(PRICES, one)


def _parts(one: Used, chance: random.Random) -> list[Used]:
    first = chance.randint(0, one.quantity)
    later = one.at + timedelta(hours=chance.randint(0, 23))
    rest = Used(one.bot, one.unit, later, one.quantity - first)
    return [Used(one.bot, one.unit, one.at, first), rest]


@given(st.lists(seen, min_size=2, max_size=4))
def test_a_statement_and_its_adjustments_are_what_rating_all_gives(several: list[Seen]) -> None:
    """However often more becomes known."""
    lines = rated(PRICES, several[0])
    first = sum(line.amount_minor for line in lines)
    for one in several[1:]:
        found = statements.adjust(lines, rated(PRICES, one), 1, "USD")
        lines += found
    whole = statements.statement(PRICES, several[-1])
    adjusted = sum(line.amount_minor for line in lines if line.what == "adjustment")
    assert first + adjusted == whole.total_minor
    assert statements.adjust(lines, whole.lines, 1, "USD") == ()


def rated(of: Prices, one: Seen) -> tuple[Line, ...]:
    return statements.statement(of, one).lines
