"""Prices in words."""

from decimal import Decimal

import pytest

from quartermaster.core.pricing import wording
from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume

TIERS = (Tier(5, Decimal(10), Decimal(100)), Tier(2000, Decimal("0.5")), Tier(None, Decimal(0)))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Flat(Decimal(30)), "$30.00 however many"),
        (PerUnit(Decimal("0.18")), "$0.18 each"),
        (PerUnit(Decimal("0.00150")), "$0.0015 each"),
        (PerUnit(Decimal(0)), "free"),
        (Package(Decimal(1000), 10_000), "$1,000.00 per 10,000"),
        (
            Graduated(TIERS),
            "first 5: $10.00 each + $100.00; next 1,995: $0.50 each; further: free",
        ),
        (
            Volume(TIERS),
            "all $10.00 each + $100.00 if up to 5; all $0.50 each if up to 2,000; all free if more",
        ),
    ],
)
def test_models(model: Model, words: str) -> None:
    assert wording.model(model, "$") == words
    assert wording.usage(UsagePrice("alert", model), "$") == words
    included = wording.usage(UsagePrice("alert", model, 1000), "$")
    assert included == f"1,000 included, then {words}"


def test_another_currency() -> None:
    assert wording.model(PerUnit(Decimal("0.18")), "€") == "€0.18 each"
    assert wording.model(Package(Decimal(5), 10), "CHF ") == "CHF 5.00 per 10"


def test_one_tier_is_a_price_per_unit() -> None:
    assert wording.model(Graduated((Tier(None, Decimal(2)),)), "$") == "$2.00 each"
    assert wording.model(Volume((Tier(None, Decimal(2), Decimal(1)),)), "$") == "$2.00 each + $1.00"


def test_what_is_no_model() -> None:
    with pytest.raises(TypeError, match="no price model"):
        wording.model("free", "$")  # type: ignore[arg-type]
