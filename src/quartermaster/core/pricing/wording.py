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


def usage(price: UsagePrice, symbol: str = "$") -> str:
    """`1,000 included, then $0.18 each`."""
    rest = model(price.model, symbol)
    return f"{price.included:,} included, then {rest}" if price.included else rest


def model(one: Model, symbol: str = "$") -> str:
    """`1 to 5: $10.00 each + $100.00; from 6: $5.00 each`."""
    match one:
        case Flat():
            return f"{amount(one.amount, symbol)} however many"
        case PerUnit():
            return _each(one.amount, symbol)
        case Package():
            return f"{amount(one.amount, symbol)} per {one.size:,}"
        case Graduated():
            return _tiers(one.tiers, symbol)
        case Volume():
            all_alike = "all of them, " if len(one.tiers) > 1 else ""
            return f"{all_alike}{_tiers(one.tiers, symbol)}"
    raise TypeError(f"{one} is no price model")


def _tiers(several: Sequence[Tier], symbol: str) -> str:
    if len(several) == 1:
        return _tier(several[0], symbol)
    words = []
    first = 1
    for tier in several:
        span = f"from {first:,}" if tier.up_to is None else f"{first:,} to {tier.up_to:,}"
        words.append(f"{span}: {_tier(tier, symbol)}")
        first = (tier.up_to or 0) + 1
    return "; ".join(words)


def _tier(tier: Tier, symbol: str) -> str:
    fee = f" + {amount(tier.fee, symbol)}" if tier.fee else ""
    return f"{_each(tier.unit_price, symbol)}{fee}"


def _each(price: Decimal, symbol: str) -> str:
    return f"{amount(price, symbol)} each" if price else "free"


def amount(one: Decimal, symbol: str = "$") -> str:
    """`$1,234.50`, with as many digits as there are below a cent."""
    return f"{symbol}{one:,.{money.places(one)}f}"
