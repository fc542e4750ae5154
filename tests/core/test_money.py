"""Money: the one rounding, millionths, how amounts are shown, and splitting."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import money


@pytest.mark.parametrize(
    ("currency", "begins"), [("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("CHF", "CHF ")]
)
def test_what_amounts_begin_with(currency: str, begins: str) -> None:
    assert money.symbol(currency) == begins


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0),
        ("0.4999999", 0),
        ("0.5", 1),
        ("1.5", 2),
        ("2.5", 3),
        ("-0.4999999", 0),
        ("-0.5", -1),
        ("-2.5", -3),
        ("7", 7),
        ("99999999999999999999.5", 100_000_000_000_000_000_000),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, expected: int) -> None:
    assert money.rounded(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.20", 200_000),
        ("-0.20", -200_000),
        ("0.0000005", 1),
        ("0.0000004", 0),
        ("500", 5 * 10**8),
    ],
)
def test_an_amount_in_millionths(amount: str, expected: int) -> None:
    assert money.to_micro(Decimal(amount)) == expected


@given(st.integers(-(10**18), 10**18))
@settings(max_examples=60, deadline=None)
def test_millionths_are_exact(amount: int) -> None:
    assert money.to_micro(money.from_micro(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "USD", 101),
        ("-1.005", "EUR", -101),
        ("1234", "JPY", 1_234),
        ("0.5", "JPY", 1),
        ("1.2345", "KWD", 1_235),
        ("60", "USD", 6_000),
    ],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(("USD", "JPY", "KWD")))
@settings(max_examples=60, deadline=None)
def test_minor_units_are_exact(amount: int, currency: str) -> None:
    assert money.to_minor(money.from_minor(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("micro", "expected"),
    [
        (0, "$0.00"),
        (200_000, "$0.20"),
        (-200_000, "-$0.20"),
        (1_234_500_000, "$1,234.50"),
        (1_000_000_000_000, "$1,000,000.00"),
        (50_000_000, "$50.00"),
        (1, "$0.000001"),
        (1_235_000, "$1.235"),
        (-12_345_678_901, "-$12,345.678901"),
    ],
)
def test_shown_to_people(micro: int, expected: str) -> None:
    assert money.shown(micro) == expected


def test_shown_with_another_symbol() -> None:
    assert money.shown(-1_500_000, "€") == "-€1.50"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", "0.00"),
        ("200", "200.00"),
        ("0.6", "0.60"),
        ("0.00020", "0.0002"),
        ("-0.0000015", "-0.0000015"),
        ("1E+3", "1000.00"),
    ],
)
def test_exact_for_programs(amount: str, expected: str) -> None:
    assert money.exact(Decimal(amount)) == expected


@given(st.integers(-(10**18), 10**18))
@settings(max_examples=60, deadline=None)
def test_exact_millionths_can_be_read_back(amount: int) -> None:
    assert money.to_micro(Decimal(money.exact_micro(amount))) == amount


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [1, 2, 2], [1, 2, 2]),
        (1, [1, 3], [0, 1]),
        (7, [0, 1, 0], [0, 7, 0]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_split_by_largest_remainders(amount: int, weights: list[int], expected: list[int]) -> None:
    assert money.split(amount, weights) == expected


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any),
)
@settings(max_examples=150, deadline=None)
def test_the_parts_of_a_split_sum_to_it_and_are_fair(amount: int, weights: list[int]) -> None:
    parts = money.split(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1
    assert money.split(-amount, weights) == [-part for part in parts]


@pytest.mark.parametrize(
    ("amount_minor", "currency", "exact", "shown"),
    [
        (16_000, "USD", "160.00", "$160.00"),
        (-160, "JPY", "-160", "-JPY 160"),
        (1_600, "JPY", "1600", "JPY 1,600"),
        (160_000, "KWD", "160.000", "KWD 160.000"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    amount_minor: int, currency: str, exact: str, shown: str
) -> None:
    assert money.exact_minor(amount_minor, currency) == exact
    assert money.shown_minor(amount_minor, currency) == shown


def test_prices_have_all_their_digits() -> None:
    assert money.shown_price(Decimal("0.0015"), "JPY ") == "JPY 0.0015"
    assert money.shown_price(Decimal(5), "KWD ") == "KWD 5.000"
    assert money.shown(500_000, "JPY ") == "JPY 0.5"
