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


def usage(price: UsagePrice, symbol: str) -> str:
    """`1,000 included, then $0.18 each`."""
    rest = model(price.model, symbol)
    return f"{price.included:,} included, then {rest}" if price.included else rest


def model(one: Model, symbol: str) -> str:
    """`first 5: $10.00 each + $100.00; further: $5.00 each`."""
    match one:
        case Flat():
            return f"{amount(one.amount, symbol)} however many"
        case PerUnit():
            return _each(one.amount, symbol)
        case Package():
            return f"{amount(one.amount, symbol)} per {one.size:,}"
        case Graduated():
            return _graduated(one.tiers, symbol)
        case Volume():
            return _volume(one.tiers, symbol)
    raise TypeError(f"{one} is no price model")


def _graduated(several: Sequence[Tier], symbol: str) -> str:
    """Tiers by how many they hold: what is included does not count, so numbers would mislead."""
    if len(several) == 1:
        return _tier(several[0], symbol)
    words: list[str] = []
    below = 0
    for tier in several:
        count = "further" if tier.up_to is None else f"next {tier.up_to - below:,}"
        words.append(f"{count if words else count.replace('next', 'first')}: {_tier(tier, symbol)}")
        below = tier.up_to or 0
    return "; ".join(words)


def _volume(several: Sequence[Tier], symbol: str) -> str:
    if len(several) == 1:
        return _tier(several[0], symbol)
    return "; ".join(
        f"all {_tier(tier, symbol)} if {'more' if tier.up_to is None else f'up to {tier.up_to:,}'}"
        for tier in several
    )


def _tier(tier: Tier, symbol: str) -> str:
    fee = f" + {amount(tier.fee, symbol)}" if tier.fee else ""
    return f"{_each(tier.unit_price, symbol)}{fee}"


def _each(price: Decimal, symbol: str) -> str:
    return f"{amount(price, symbol)} each" if price else "free"


def amount(one: Decimal, symbol: str) -> str:
    """`$1,234.50`, with as many digits as there are below a cent."""
    return f"{symbol}{one:,.{money.places(one, money.least_places(symbol))}f}"
