"""Each unit at the price of its tier."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.pricing import parts
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.parts import Part, Tier
from tests.core.pricing.prices import tiers

PRICE = Graduated((Tier(5, Decimal(10), Decimal(100)), Tier(None, Decimal(5), Decimal(50))))


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(0, 0), (1, 110), (3, 130), (5, 150), (6, 205), (8, 215), (1_000, 5_175)],
)
def test_examples(quantity: int, expected: int) -> None:
    assert parts.total(PRICE.parts(quantity)) == expected


def test_each_tier_is_a_part() -> None:
    assert PRICE.parts(8) == [
        Part(5, Decimal(10), Decimal(100)),
        Part(3, Decimal(5), Decimal(50)),
    ]


@given(tiers(), st.integers(0, 300))
@settings(max_examples=100, deadline=None)
def test_one_more_costs_the_price_of_its_tier(several: tuple[Tier, ...], quantity: int) -> None:
    more = quantity + 1
    tier = next(one for one in several if one.up_to is None or more <= one.up_to)
    first = 1 + max((one.up_to for one in several if one.up_to and one.up_to < more), default=0)
    price = Graduated(several)
    added = parts.total(price.parts(more)) - parts.total(price.parts(quantity))
    assert added == tier.unit_price + (tier.fee if more == first else 0)
