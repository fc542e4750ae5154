"""Money as the API writes it: exact decimal strings, `0.20`, with at least two decimal places."""

import functools
from decimal import Decimal

from quartermaster.core import money


@functools.lru_cache(maxsize=1024)
def of_micro(amount_micro: int) -> str:
    """Millionths as an amount of currency. Most amounts of a long list are the same few."""
    return written(money.from_micro(amount_micro))


def written(amount: Decimal) -> str:
    """A decimal amount, digit by digit."""
    whole, _, digits = f"{amount:f}".partition(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"
