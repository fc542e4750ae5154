"""All units at the price of the tier that their number falls into."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.pricing import parts
from quartermaster.core.pricing.parts import Part, Tier
from quartermaster.core.pricing.volume import Volume
from tests.core.pricing.prices import tiers

PRICE = Volume((Tier(10, Decimal(5), Decimal(100)), Tier(None, Decimal(2), Decimal(50))))


@pytest.mark.parametrize(
    ("quantity", "expected"), [(0, 0), (1, 105), (5, 125), (10, 150), (11, 72), (15, 80)]
)
def test_examples(quantity: int, expected: int) -> None:
    assert parts.total(PRICE.parts(quantity)) == expected


@given(tiers(), st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_one_tier_prices_all(several: tuple[Tier, ...], quantity: int) -> None:
    tier = next(one for one in several if one.up_to is None or quantity <= one.up_to)
    assert Volume(several).parts(quantity) == [Part(quantity, tier.unit_price, tier.fee)]
