"""Money as integers: millionths in the credit ledger, minor units on invoices and payments."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MICRO = 1_000_000
"""Millionths in one unit of currency."""


def rounded(value: Decimal) -> int:
    """The nearest integer, halves away from zero: the only rounding of money in the product."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_micro(amount: Decimal) -> int:
    """A decimal amount of currency in millionths."""
    return rounded(amount * MICRO)


def from_micro(amount_micro: int) -> Decimal:
    """Millionths as an exact decimal amount of currency."""
    return Decimal(amount_micro) / MICRO


def shown(amount_micro: int, symbol: str = "$") -> str:
    """For people: `$1,234.50`, `-$0.20`; below a cent as many digits as the amount has."""
    exact = f"{abs(from_micro(amount_micro)).normalize():,f}"
    whole, _, digits = exact.partition(".")
    return f"{'-' if amount_micro < 0 else ''}{symbol}{whole}.{digits.ljust(2, '0')}"


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
