"""So much per unit, from the first unit on."""

from dataclasses import dataclass
from decimal import Decimal

from quartermaster.core import money
from quartermaster.core.pricing.parts import Part


@dataclass(frozen=True, slots=True)
class PerUnit:
    """`amount` for each unit, rounded with the others of a cycle and not one by one."""

    amount: Decimal

    @property
    def bounds(self) -> tuple[int, ...]:
        """None."""
        return ()

    def parts(self, quantity: int) -> list[Part]:
        """One part."""
        return [Part(quantity, self.amount)] if quantity else []


def amount_micro(quantity: int, unit_price: Decimal) -> int:
    """What `quantity` units cost, rounded once."""
    return money.rounded(quantity * unit_price * money.MICRO)


def formula(quantity: int, unit: str, unit_price: Decimal, symbol: str) -> str:
    """How a charge came about: `3 billing sessions × $0.20 = $0.60`. Negative: taken back.
    Charges round each unit by itself, so that it does not matter how many came at once."""
    name = unit.replace("_", " ") + ("" if abs(quantity) == 1 else "s")
    each = amount_micro(1, unit_price)
    price = money.shown(each, symbol)
    if each != unit_price * money.MICRO:
        price = f"{money.shown_price(unit_price, symbol)} (rounded to {price} each)"
    words = f"{quantity:,} {name} × {price} = {money.shown(quantity * each, symbol)}"
    return words.replace("-", "−")


def covered(balance_micro: int, unit_price: Decimal) -> int | None:
    """How many more units a balance pays for, each rounded by itself as its charge is; None where
    units are free."""
    each = amount_micro(1, unit_price)
    return max(0, balance_micro // each) if each > 0 else None
