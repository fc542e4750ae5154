"""A cycle's usage: together, unit by unit, in words, and how much more a balance covers."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quartermaster.core.pricing import rating
from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume
from tests.core.pricing.prices import usage_prices

DOLLAR = 1_000_000
GRADUATED = Graduated((Tier(5, Decimal(10), Decimal(100)), Tier(None, Decimal(5), Decimal(50))))
VOLUME = Volume((Tier(10, Decimal(5), Decimal(100)), Tier(None, Decimal(2), Decimal(50))))


def price(model: Model, included: int = 0) -> UsagePrice:
    return UsagePrice("billing_session", model, included)


@pytest.mark.parametrize(
    ("model", "included", "quantity", "expected"),
    [
        (PerUnit(Decimal("0.20")), 0, 3, 600_000),
        (PerUnit(Decimal("0.20")), 2, 3, 200_000),
        (PerUnit(Decimal("0.20")), 5, 3, 0),
        (PerUnit(Decimal("0.0000004")), 0, 3, 1),
        (GRADUATED, 0, 8, 215 * DOLLAR),
        (GRADUATED, 100, 108, 215 * DOLLAR),
        (VOLUME, 0, 15, 80 * DOLLAR),
        (Package(Decimal(100), 10), 5, 16, 200 * DOLLAR),
        (Flat(Decimal(30)), 1, 1, 0),
        (Flat(Decimal(30)), 1, 2, 30 * DOLLAR),
    ],
)
def test_a_cycle(model: Model, included: int, quantity: int, expected: int) -> None:
    assert rating.total_micro(price(model, included), quantity) == expected


def test_unit_by_unit() -> None:
    assert rating.running_micro(price(GRADUATED, 1), 0, 8) == [
        amount * DOLLAR for amount in (0, 110, 10, 10, 10, 10, 55, 5)
    ]
    assert rating.running_micro(price(VOLUME), 9, 3) == [5 * DOLLAR, -78 * DOLLAR, 2 * DOLLAR]


@given(usage_prices, st.integers(0, 250), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_units_sum_to_their_cycle(each: UsagePrice, before: int, count: int) -> None:
    running = rating.running_micro(each, before, count)
    assert len(running) == count
    whole = rating.total_micro(each, before + count)
    assert rating.total_micro(each, before) + sum(running) == whole


@given(usage_prices, st.integers(0, 250), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_batches_do_not_matter(each: UsagePrice, before: int, some: int, more: int) -> None:
    parted = rating.running_micro(each, before, some)
    parted += rating.running_micro(each, before + some, more)
    assert parted == rating.running_micro(each, before, some + more)


@pytest.mark.parametrize(
    ("model", "included", "before", "balance", "expected"),
    [
        (PerUnit(Decimal("0.20")), 0, 0, 500 * DOLLAR, 2_500),
        (PerUnit(Decimal("0.20")), 10, 4, 399_999, 7),
        (PerUnit(Decimal("0.20")), 0, 0, -1, 0),
        (PerUnit(Decimal(0)), 0, 0, 0, None),
        (GRADUATED, 0, 4, 10 * DOLLAR, 1),
        (GRADUATED, 0, 4, 65 * DOLLAR, 2),
        (VOLUME, 0, 8, 4 * DOLLAR, 0),
        (VOLUME, 0, 8, 10 * DOLLAR, 42),
        (VOLUME, 0, 10, 0, 40),
        (Package(Decimal(100), 10), 0, 3, 0, 7),
        (Package(Decimal(100), 10), 0, 3, 199 * DOLLAR, 17),
        (Flat(Decimal(30)), 0, 0, 29 * DOLLAR, 0),
        (Flat(Decimal(30)), 0, 0, 30 * DOLLAR, None),
        (Flat(Decimal(30)), 0, 1, 0, None),
    ],
)
def test_what_a_balance_covers(
    model: Model, included: int, before: int, balance: int, expected: int | None
) -> None:
    assert rating.covered(price(model, included), before, balance) == expected


@given(usage_prices, st.integers(0, 250), st.integers(0, 3_000 * DOLLAR))
@example(price(VOLUME), 8, 10 * DOLLAR)
@settings(max_examples=150, deadline=None)
def test_each_unit_covered_is_paid_for_and_the_next_is_not(
    each: UsagePrice, before: int, balance: int
) -> None:
    found = rating.covered(each, before, balance)
    count = 400 if found is None else min(found, 400)
    left = balance
    for amount in rating.running_micro(each, before, count):
        left -= amount
        assert left >= 0
    if found is not None and found < 400:
        assert left < rating.running_micro(each, before + found, 1)[0]


@pytest.mark.parametrize(
    ("model", "included", "before", "after", "expected"),
    [
        (PerUnit(Decimal("0.20")), 0, 0, 3, "3 × $0.20 = $0.60"),
        (PerUnit(Decimal("0.20")), 2, 0, 3, "2 included + 1 × $0.20 = $0.20"),
        (PerUnit(Decimal("0.20")), 2, 1, 2, "1 included = $0.00"),
        (PerUnit(Decimal("0.20")), 0, 1_203, 1_204, "1 × $0.20 = $0.20"),
        (PerUnit(Decimal("0.20")), 0, 3, 3, "nothing = $0.00"),
        (GRADUATED, 0, 0, 8, "5 × $10.00 + $100.00 + 3 × $5.00 + $50.00 = $215.00"),
        (GRADUATED, 0, 4, 6, "1 × $10.00 + 1 × $5.00 + $50.00 = $65.00"),
        (Package(Decimal(100), 10), 0, 0, 15, "2 packages of 10 × $100.00 = $200.00"),
        (Package(Decimal(100), 10), 0, 12, 15, "nothing = $0.00"),
        (Flat(Decimal(30)), 0, 0, 9, "$30.00 = $30.00"),
        (
            VOLUME,
            0,
            10,
            11,
            "11 cost $72.00, 10 had cost $150.00: $72.00 − $150.00 = −$78.00",
        ),
    ],
)
def test_in_words(model: Model, included: int, before: int, after: int, expected: str) -> None:
    assert rating.formula(price(model, included), before, after, "$") == expected


@pytest.mark.parametrize("model", [PerUnit(Decimal("0.2")), GRADUATED, VOLUME, Flat(Decimal(30))])
@pytest.mark.parametrize(("before", "after"), [(0, 8), (9, 12)])
def test_in_words_of_another_currency(model: Model, before: int, after: int) -> None:
    """The same but for what amounts begin with."""
    dollars = rating.formula(price(model), before, after, "$")
    assert "$" in dollars
    other = rating.formula(price(model), before, after, "CHF ")
    assert other == dollars.replace("$", "CHF ")


@given(usage_prices, st.integers(0, 120), st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_what_a_formula_says_is_true(each: UsagePrice, before: int, more: int) -> None:
    """It comes to the amount, but for prices below a millionth, of which the whole is rounded."""
    words = rating.formula(each, before, before + more, "$").replace("−", "-").replace(",", "")
    left, _, told = words.rpartition(" = ")
    amount = Decimal(told.replace("$", ""))
    assert int(amount * DOLLAR) == sum(rating.running_micro(each, before, more))
    assert abs(_worth(left) - amount) <= Decimal("0.000001")


def _worth(words: str) -> Decimal:
    """Of `2 included + 3 packages of 10 × $0.18 + $5.00`, or of `9 cost …: $7.00 - $5.00`."""
    whole, _, already = words.rpartition(": ")[2].partition(" - ")
    if already:
        return Decimal(whole[1:]) - Decimal(already[1:])
    worth = Decimal(0)
    for term in whole.split(" + "):
        count, times, price = term.rpartition(" × ")
        if "$" in price:
            worth += Decimal(price[1:]) * (int(count.split()[0]) if times else 1)
    return worth
