"""So much per unit: what units cost, and how many a balance covers."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.pricing import per_unit


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        (1, "0.20", 200_000),
        (3, "0.20", 600_000),
        (0, "0.20", 0),
        (7, "0", 0),
        (1, "0.0000004", 0),
        (1, "0.0000005", 1),
        (3, "0.0000005", 2),
        (10**9, "0.0000001", 10**8),
    ],
)
def test_units_cost_their_price_rounded_once(quantity: int, price: str, expected: int) -> None:
    assert per_unit.amount_micro(quantity, Decimal(price)) == expected


@pytest.mark.parametrize(
    ("balance", "price", "expected"),
    [
        (0, "0.20", 0),
        (199_999, "0.20", 0),
        (200_000, "0.20", 1),
        (399_999, "0.20", 1),
        (500_000_000, "0.20", 2_500),
        (-200_000, "0.20", 0),
        (-1, "0.20", 0),
        (5, "0.0000015", 2),
        (5, "0.0000003", None),
        (5, "0", None),
        (-5, "0", None),
    ],
)
def test_a_balance_covers_whole_units(balance: int, price: str, expected: int | None) -> None:
    assert per_unit.covered(balance, Decimal(price)) == expected


@given(
    st.integers(0, 10**13),
    st.decimals("0.00000001", "1000", allow_nan=False, allow_infinity=False, places=8),
)
@settings(max_examples=100, deadline=None)
def test_what_is_covered_can_be_paid_and_one_more_cannot(balance: int, price: Decimal) -> None:
    units = per_unit.covered(balance, price)
    each = per_unit.amount_micro(1, price)
    assert (units is None) == (each == 0)
    if units is not None:
        assert units * each <= balance < (units + 1) * each


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "expected"),
    [
        (1, "billing_session", "0.2000000000", "1 billing session × $0.20 = $0.20"),
        (3, "billing_session", "0.20", "3 billing sessions × $0.20 = $0.60"),
        (-1, "voice_session", "0.1", "−1 voice session × $0.10 = −$0.10"),
        (12_345, "alert", "0.0015", "12,345 alerts × $0.0015 = $18.5175"),
        (
            5,
            "api_session",
            "0.0000015",
            "5 api sessions × $0.0000015 (rounded to $0.000002 each) = $0.00001",
        ),
        (7, "notification", "0", "7 notifications × $0.00 = $0.00"),
    ],
)
def test_a_formula_says_how_a_charge_came_about(
    quantity: int, unit: str, price: str, expected: str
) -> None:
    assert per_unit.formula(quantity, unit, Decimal(price), "$") == expected


def test_a_formula_in_another_currency() -> None:
    found = per_unit.formula(-5, "alert", Decimal("0.0000015"), "CHF ")
    assert found == "−5 alerts × CHF 0.0000015 (rounded to CHF 0.000002 each) = −CHF 0.00001"


def _formula(quantity: int, price: Decimal) -> str:
    return per_unit.formula(quantity, "alert", price, "$").replace("−", "-")


@given(st.integers(-(10**6), 10**6), st.decimals("0", "1000", places=8))
def test_what_a_formula_says_is_true(quantity: int, price: Decimal) -> None:
    left, _, amount = _formula(quantity, price).partition(" = ")
    prices = re.findall(r"\$([\d.,]+)", left)
    assert Decimal(prices[0].replace(",", "")) == price
    each = Decimal(prices[-1].replace(",", ""))
    units = int(left.split(" ")[0].replace(",", ""))
    assert units == quantity
    assert Decimal(amount.replace("$", "").replace(",", "")) == units * each
    assert abs(each - price) <= Decimal("0.0000005")
