"""Prices in words, as a price list has them."""

from collections.abc import Sequence
from decimal import Decimal

from quartermaster.core import money
from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume


def usage(price: UsagePrice) -> str:
    """`1,000 included, then $0.18 each`."""
    rest = model(price.model)
    return f"{price.included:,} included, then {rest}" if price.included else rest


def model(one: Model) -> str:
    """`1 to 5: $10.00 each + $100.00; from 6: $5.00 each`."""
    match one:
        case Flat():
            return f"{_amount(one.amount)} however many"
        case PerUnit():
            return _each(one.amount)
        case Package():
            return f"{_amount(one.amount)} per {one.size:,}"
        case Graduated():
            return _tiers(one.tiers)
        case Volume():
            return f"all of them, {_tiers(one.tiers)}"
    raise TypeError(f"{one} is no price model")


def _tiers(several: Sequence[Tier]) -> str:
    words = []
    first = 1
    for tier in several:
        span = f"from {first:,}" if tier.up_to is None else f"{first:,} to {tier.up_to:,}"
        fee = f" + {_amount(tier.fee)}" if tier.fee else ""
        words.append(f"{span}: {_each(tier.unit_price)}{fee}")
        first = (tier.up_to or 0) + 1
    return "; ".join(words)


def _each(amount: Decimal) -> str:
    return f"{_amount(amount)} each" if amount else "free"


def _amount(amount: Decimal) -> str:
    return f"${amount:,.{money.places(amount)}f}"
