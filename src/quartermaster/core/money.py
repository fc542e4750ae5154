"""Money as integers: millionths in the credit ledger, minor units on invoices and payments."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import ClassVar, Final

from quartermaster.core import errors

MICRO = 1_000_000
"""Millionths in one unit of currency."""
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def rounded(value: Decimal) -> int:
    """The nearest integer, halves away from zero: the only rounding of money in the product."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_micro(amount: Decimal) -> int:
    """A decimal amount of currency in millionths."""
    return rounded(amount * MICRO)


_MINOR_PLACES: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""How many decimals amounts are paid with, where it is not two (ISO 4217)."""


def is_code(text: str) -> bool:
    """Whether it has the form of a currency's code, such as USD."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def to_minor(amount: Decimal, currency: str) -> int:
    """A decimal amount in what the currency is paid with, such as cents."""
    return rounded(amount.scaleb(_MINOR_PLACES.get(currency, 2)))


class AmountTooFine(errors.Refusal):
    """An amount has no more decimals than its currency is paid with."""

    code: ClassVar[str] = "amount_too_fine"
    kind: ClassVar[errors.Kind] = "invalid"


def payable_minor(amount: Decimal, currency: str, field: str = "amount") -> int:
    """What somebody wants to pay; never rounded: AmountTooFine, which names the field."""
    amount_minor = to_minor(amount, currency)
    if from_minor(amount_minor, currency) != amount:
        places = _MINOR_PLACES.get(currency, 2) or "no"
        raise AmountTooFine(f"{currency} is paid with {places} decimals", field=field)
    return amount_minor


def from_minor(amount_minor: int, currency: str) -> Decimal:
    """The inverse of `to_minor`."""
    return Decimal(amount_minor).scaleb(-_MINOR_PLACES.get(currency, 2))


def micro_per_minor() -> dict[str, int]:
    """Millionths in what a currency is paid with, where that is no hundredth: 10,000."""
    return {currency: 10 ** (6 - places) for currency, places in _MINOR_PLACES.items()}


def from_micro(amount_micro: int) -> Decimal:
    """Millionths as an exact decimal amount of currency."""
    return Decimal(amount_micro) / MICRO


def places(amount: Decimal, least: int = 2) -> int:
    """How many decimals an amount is written with: two, or another least, or as many as it has."""
    exponent = amount.normalize().as_tuple().exponent
    return max(least, -exponent if isinstance(exponent, int) else 0)


def exact(amount: Decimal, least: int = 2) -> str:
    """For programs: `1234.50`, `-0.0000015`."""
    return f"{amount:.{places(amount, least)}f}"


@lru_cache(maxsize=1024)
def exact_micro(amount_micro: int) -> str:
    """The same from millionths. Most amounts of a long list are the same few."""
    return exact(from_micro(amount_micro))


def shown(amount_micro: int, symbol: str = "$") -> str:
    """For people: `$1,234.50`, `-$0.20`, `JPY 1,234`: as many decimals as the currency is paid
    with, and more where the amount has more."""
    amount = abs(from_micro(amount_micro))
    digits = places(amount, least_places(symbol))
    return f"{'-' if amount_micro < 0 else ''}{symbol}{amount:,.{digits}f}"


def shown_price(amount: Decimal, symbol: str = "$") -> str:
    """The same of a price, with all its digits: `$0.0000015`, `JPY 160`."""
    return f"{symbol}{exact(amount, least_places(symbol))}"


def least_places(symbol_or_code: str) -> int:
    """How many decimals a currency is paid with, by its code or what its amounts begin with."""
    return _MINOR_PLACES.get(symbol_or_code.strip(), 2)


def shown_minor(amount_minor: int, currency: str) -> str:
    """The same from minor units: `€60.00`, `JPY 600`."""
    return shown(to_micro(from_minor(amount_minor, currency)), symbol(currency))


def exact_minor(amount_minor: int, currency: str) -> str:
    """For programs, from minor units: `60.00`; of a currency without decimals `60`."""
    return exact(from_minor(amount_minor, currency), least_places(currency))


def symbol(currency: str) -> str:
    """What amounts of a currency begin with; its code and a space where it has no sign."""
    return _SIGNS.get(currency, f"{currency} ")


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` shared in proportion to `weights` (>= 0, not all zero); the parts sum to it.

    Largest-remainder method; equal remainders go to the earlier part.
    """
    total = sum(weights)
    parts = [abs(amount) * weight // total for weight in weights]
    remainders = [abs(amount) * weight % total for weight in weights]
    left = abs(amount) - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: -remainders[i])[:left]:
        parts[index] += 1
    return parts if amount >= 0 else [-part for part in parts]
