"""So much per unit, from the first unit on."""

from decimal import Decimal

from quartermaster.core import money


def amount_micro(quantity: int, unit_price: Decimal) -> int:
    """What `quantity` units cost, rounded once."""
    return money.rounded(quantity * unit_price * money.MICRO)


def covered(balance_micro: int, unit_price: Decimal) -> int | None:
    """How many more units a balance pays for, rounded down; None where units are free."""
    if unit_price <= 0:
        return None
    return max(0, int(balance_micro // (unit_price * money.MICRO)))
